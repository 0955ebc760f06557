import type { Clock } from '#lib/clock.ts'
import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** What a command may do to the outside: tests put their own. */
export interface CliIo {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** Colour and redraw only on a terminal, and never with NO_COLOR. */
  readonly colours: boolean
  readonly isTerminal: boolean
  readonly clock: Clock
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal
  /** Where the history files are. */
  readonly dataFolder: string
  /** The cluster whose pod this process runs in. */
  readonly inCluster: () => ContextAccess | undefined
  readonly exitWith: (code: ExitCode) => void
}

/** A mistake on the command line: shown with the usage, exit code 2. */
export class UsageError extends Error {
  readonly exitCode: ExitCode = exitCodes.usage
}
