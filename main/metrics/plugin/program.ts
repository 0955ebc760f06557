import type { Outcome } from '#lib/outcome.ts'

/** An executable of this machine that stands for a plugin. It is run only while its content is what was listed. */
export interface Program {
  /** Absolute. */
  readonly path: string
  /** Of its content: 64 hexadecimal digits. */
  readonly sha256: string
}

/**
 * Runs a program once: `input` on its stdin, its stdout back, in bounded time and size, with nothing of our environment but PATH and
 * HOME. What it writes to stderr is thrown away, for it may be what it was given.
 *
 * Failure  why there is no output, without a word of what went in or came out.
 */
export type RunProgram = (program: Program, input: string) => Promise<Outcome<string, string>>
