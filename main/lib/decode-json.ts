import { failure, type Outcome, success } from './outcome.ts'

/**
 * JSON as a server sent it: every number finite, nothing nested so deep that it cannot be walked.
 *
 * Failure  Go's text, which holds no more of the body than one character.
 */
export function decodeJson(text: string): Outcome<unknown, string> {
  try {
    const json: unknown = JSON.parse(text)
    const refused = refusalOf(json)
    return refused === undefined ? success(json) : failure(refused)
  } catch (error) {
    return failure(error instanceof SyntaxError ? syntaxText(text, error.message) : String(error))
  }
}

const depthMax = 500

/** Level by level, for a walk downwards could itself run out of stack. */
function refusalOf(json: unknown): string | undefined {
  let level: readonly unknown[] = [[json]]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return 'exceeded max depth'
    const deeper: unknown[] = []
    for (const each of level)
      for (const value of Array.isArray(each) ? each : Object.values(each ?? {}))
        if (typeof value === 'object' && value !== null) deeper.push(value)
        else if (typeof value === 'number' && !Number.isFinite(value))
          return 'json: cannot unmarshal number into Go value of type float64'
    level = deeper
  }
  return undefined
}

function syntaxText(text: string, message: string): string {
  const body = text.trimStart()
  if (body === '' || /end of JSON input|Unterminated string/.test(message)) return 'unexpected end of JSON input'
  const [first = ''] = body
  if (!/[[{"\d\-tfn]/.test(first)) return `invalid character ${quoted(first)} looking for beginning of value`
  const at = /at position (\d+)/.exec(message)?.[1]
  const wrong = at === undefined ? /^Unexpected token '(.+?)', /u.exec(message)?.[1] : text[Number(at)]
  if (wrong === undefined) return 'unexpected end of JSON input'
  return `invalid character ${quoted(wrong)} in a JSON value`
}

const quoted = (char: string): string => (char === "'" ? "'\\''" : `'${JSON.stringify(char).slice(1, -1)}'`)
