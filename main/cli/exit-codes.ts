import { assertNever } from '#lib/assert.ts'
import type { Failure } from '#lib/failure.ts'

/** What a script may rely on; documented in docs/cli.md. With several contexts the highest of them is the command's. */
export const exitCodes = {
  ok: 0,
  /** It was not done, or the Rollout is Degraded, or the wait ended first. */
  failed: 1,
  /** The command line or the kubeconfig is wrong: nothing was asked of any cluster. */
  usage: 2,
  /** No answer from the cluster, or it asks to sign in again. */
  unreachable: 3,
  /** RBAC does not allow it. */
  forbidden: 4,
  /** The API server took it, but no engine was seen to act on it within the wait. Doing it again would do it twice. */
  unconfirmed: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const worstOf = (codes: readonly ExitCode[]): ExitCode =>
  codes.reduce((worst, each) => (each > worst ? each : worst), exitCodes.ok as ExitCode)

/** The exit code that a failed request leads to. */
export function exitCodeOf(failure: Failure): ExitCode {
  switch (failure.kind) {
    case 'Unreachable':
    case 'Unauthorized':
      return exitCodes.unreachable
    case 'Forbidden':
      return exitCodes.forbidden
    case 'Conflict':
    case 'AlreadyExists':
    case 'NotFound':
    case 'Gone':
    case 'Throttled':
    case 'Invalid':
    case 'ServerError':
      return exitCodes.failed
    default:
      return assertNever(failure)
  }
}
