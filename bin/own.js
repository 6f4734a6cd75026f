/**
 * Models of users who have a clone of this repository and have not installed it as a package: what is not found from where
 * they lie is the program that runs.
 */

/** Is a module named that the package exports? From its own folder a package is found by its name. */
export const isOwn = specifier => /^zombieproof\//.test(specifier)
