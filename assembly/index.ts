export { cos, exp, log, pow, sin } from './math';
