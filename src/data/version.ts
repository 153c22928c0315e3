/** The version that reports and --version print; a test compares it with package.json. */
export const version = '0.1.0';
