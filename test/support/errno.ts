/** An error as the system calls of Node throw it. */
export const errno = (code: string) => Object.assign(new Error(code), { code });
