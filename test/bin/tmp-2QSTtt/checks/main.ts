export { Counter, where } from '../checker/index.js'
export const n: number = 1
