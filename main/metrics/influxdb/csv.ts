/**
 * The records of a CSV text, as Go reads them: quotes double within quotes, line ends are `\n` or `\r\n`, empty lines are no
 * records, and a quote anywhere else is malformed. Ends without a word at the first record that is malformed.
 */
export function* csvRecords(text: string): Generator<readonly string[], void> {
  const reader = new RecordReader(text)
  for (let record = reader.next(); record !== undefined; record = reader.next()) yield record
}

const quote = '"'.charCodeAt(0)
const comma = ','.charCodeAt(0)
const newLine = '\n'.charCodeAt(0)
const carriageReturn = '\r'.charCodeAt(0)

/** Reads by character codes: an answer may have a million cells. */
class RecordReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** `undefined` at the end, and at what is malformed. */
  next(): readonly string[] | undefined {
    while (this.#at < this.#text.length) if (!this.#endsLine()) return this.#record()
    return undefined
  }

  #record(): readonly string[] | undefined {
    const fields: string[] = []
    for (;;) {
      const field = this.#code(0) === quote ? this.#quoted() : this.#plain()
      if (field === undefined) return undefined
      fields.push(field)
      if (this.#code(0) !== comma) return this.#endsLine() ? fields : undefined
      this.#at++
    }
  }

  #code(ahead: number): number {
    return this.#text.charCodeAt(this.#at + ahead)
  }

  /** Goes behind a line end, if it is at one or at the end of the text. */
  #endsLine(): boolean {
    if (this.#at >= this.#text.length) return true
    const length = this.#lineEnd(this.#at)
    this.#at += length
    return length > 0
  }

  /** Characters of the line end there. A carriage return in the middle of a line is none. */
  #lineEnd(at: number): number {
    if (this.#text.charCodeAt(at) === newLine) return 1
    if (this.#text.charCodeAt(at) !== carriageReturn) return 0
    if (this.#text.charCodeAt(at + 1) === newLine) return 2
    return at + 1 === this.#text.length ? 1 : 0
  }

  #plain(): string | undefined {
    let end = this.#at
    for (; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end)
      if (code === quote) return undefined
      if (code === comma || this.#lineEnd(end) > 0) break
    }
    const field = this.#text.slice(this.#at, end)
    this.#at = end
    return field
  }

  #quoted(): string | undefined {
    const start = this.#at + 1
    let end = this.#text.indexOf('"', start)
    while (end !== -1 && this.#text.charCodeAt(end + 1) === quote) end = this.#text.indexOf('"', end + 2)
    if (end === -1) return undefined
    this.#at = end + 1
    return this.#text.slice(start, end).replaceAll('""', '"').replaceAll('\r\n', '\n')
  }
}
