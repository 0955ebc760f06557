import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const tokensMax = 16
const sessionsMax = 64

/**
 * Who may come in: whoever shows a token that was printed and not used yet gets a session. Both are 256 random bits; only their
 * digests are kept. When there are too many, the oldest goes.
 */
export class Sessions {
  readonly #tokens: Buffer[] = []
  readonly #sessions: Buffer[] = []

  issueToken(): string {
    return issue(this.#tokens, tokensMax)
  }

  /** A session for a token, which is used up by it; `undefined` for any other text. */
  redeem(token: string): string | undefined {
    const place = indexOf(this.#tokens, token)
    if (place < 0) return undefined
    this.#tokens.splice(place, 1)
    return issue(this.#sessions, sessionsMax)
  }

  isOpen(session: string): boolean {
    return indexOf(this.#sessions, session) >= 0
  }
}

function issue(digests: Buffer[], max: number): string {
  const secret = randomBytes(32).toString('base64url')
  digests.push(digestOf(secret))
  if (digests.length > max) digests.shift()
  return secret
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

function indexOf(digests: readonly Buffer[], text: string): number {
  const digest = digestOf(text)
  return digests.findIndex((each) => timingSafeEqual(each, digest))
}
