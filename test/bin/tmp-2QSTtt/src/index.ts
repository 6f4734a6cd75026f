export const folder: string = import.meta.dirname
