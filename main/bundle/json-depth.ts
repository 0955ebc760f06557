const [quote, backslash] = [0x22, 0x5c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Whether JSON is nested deeper than `max`; told before it is parsed, for what handles it goes as deep. */
export function isTooDeep(json: Uint8Array, max: number): boolean {
  let [depth, isText] = [0, false]
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) isText = !isText
    else if (isText) at += byte === backslash ? 1 : 0
    else if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    if (depth > max) return true
  }
  return false
}
