const hidden = '[redacted]'

/** Without one of these words there is nothing to look for; most texts have none. */
const suspicion = /bearer|basic|eyJ|\/\/|token|passw|secret|api-?key/i

/** A name that is given to secrets and, in quotes, in quotes that are escaped or in none, what it is set to; prints stay (ADR 11). */
const named =
  /\b([\w-]*(?:token|password|passwd|secret|api-?key)\\*["']?\s*[=:]\s*)(?!\\*["']?\[secret [0-9a-f]+\])(?:(["'])(?:\\.|(?!\2)[^\\]){4,}(\2?)|(\\+["']).{4,}?((?<!\\)\4|$)|["']?[^\s"'&,;]{4,})/gis

/** Removes credentials from a text: `Bearer …`, JSON web tokens, user:password in URLs, values after `token=` and the like. */
export const redactText = (text: string): string =>
  suspicion.test(text)
    ? text
        .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`)
        .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden)
        .replace(/\/\/[^\s/@:]*:[^\s/@]+@/g, `//${hidden}@`)
        .replace(named, `$1$2$4${hidden}$3$5`)
    : text
