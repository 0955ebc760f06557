/**
 * JSON as Go's encoder writes it: no white space, keys in the order they have here, `<`, `>`, `&` and the two line separators escaped.
 * Keys that are whole numbers come first, as JavaScript has them.
 */
export const goJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
