/**
 * The key of a state: the ids of its cells, written as one string. Different vectors of ids have different keys.
 *
 * An id below 2^15 is one unit of 16 bits. A larger one is two, of which the first has its top bit set. So a key
 * is read back in one way only, without knowing how many cells there are.
 */
const short = 0x8000

/** Ids above this cannot be written. */
export const maxId = 0x7fff_ffff

export const keyOf = (ids: Iterable<number>): string => {
  let key = ''
  for (const id of ids) {
    key += id < short ? String.fromCharCode(id) : String.fromCharCode(short | (id >>> 16), id & 0xffff)
  }
  return key
}

export const idsOf = (key: string): number[] => {
  const ids: number[] = []
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at)
    ids.push(unit < short ? unit : ((unit & ~short) << 16) | key.charCodeAt(++at))
  }
  return ids
}
