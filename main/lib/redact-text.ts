const hidden = '[redacted]'

/** Removes credentials from a text: `Bearer …`, JSON web tokens, user:password in URLs, values after `token=` and the like. */
export const redactText = (text: string): string =>
  text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`)
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden)
    .replace(/\/\/[^\s/@:]*:[^\s/@]+@/g, `//${hidden}@`)
    .replace(
      /\b([\w-]*(?:token|password|passwd|secret|api-?key))(["']?\s*[=:]\s*["']?)[^\s"'&,;]{4,}/gi,
      `$1$2${hidden}`,
    )
