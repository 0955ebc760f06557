import { formatSeconds } from '#lib/rfc3339.ts'
import type { ChainName } from '#main/history/chain.ts'
import type { History } from '#main/history/store.ts'
import type { ChainReport } from '#main/history/verify.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'

/** A head that was noted down earlier. */
interface Expected {
  readonly name: ChainName
  readonly id: number
  readonly hash: string
}

const words = { journal: 'acts', written: 'writes' } as const

/** `journal:42:9f86d0…`, as `verify` prints it. */
export function expectedHead(text: string): Expected {
  const [, name, id, hash] = /^(journal|written):(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (name === undefined || id === undefined || hash === undefined)
    throw new UsageError('--expect takes what `argosy history verify` printed as a head, e.g. journal:42:9f86d0…')
  return { name: name as ChainName, id: Number(id), hash }
}

/** Tells whether the record is as it was written (W10). Without reports: those of the history itself. */
export async function verifyRecord(
  history: Pick<History, 'all'>,
  expected: readonly Expected[],
  json: boolean,
  io: CliIo,
  known?: readonly ChainReport[],
): Promise<ExitCode> {
  const { holdsHash, verifyHistory } = await import('#main/history/verify.ts')
  const reports = known ?? verifyHistory(history)
  const missing = expected.filter(
    ({ name, id, hash }) => !isHead(reports, name, id, hash) && !holdsHash(history, name, id, hash),
  )
  if (json) io.out(JSON.stringify({ chains: reports, missing }, undefined, 2))
  else for (const report of reports) for (const line of reportLines(report)) io.out(line)
  for (const { name, id } of missing)
    io.err(
      `argosy: ${words[name]}: entry ${id} is not as it was noted down: it was pruned, or the record was written anew`,
    )
  if (reports.length === 0)
    io.err('argosy: this file is older than its chains; the window adds them when it starts next')
  const isSound = reports.length > 0 && missing.length === 0 && reports.every(({ verdict }) => verdict.isUnbroken)
  return isSound ? exitCodes.ok : exitCodes.failed
}

const isHead = (reports: readonly ChainReport[], name: ChainName, id: number, hash: string): boolean =>
  reports.some(({ name: of, head }) => of === name && head.last === id && head.head === hash)

/** One chain, and its head to note down. */
export function reportLines({ name, head, verdict }: ChainReport): readonly string[] {
  if (!verdict.isUnbroken) return [`${words[name]}: broken at entry ${verdict.id}, which was ${verdict.what}`]
  const { entries, withheld } = verdict
  const left = withheld > 0 ? `, ${withheld} left out` : ''
  const pruned = head.first > 1 ? `, the ${head.first - 1} before them pruned` : ''
  const before = head.takenOver > 0 ? ` (${head.takenOver} were there before)` : ''
  return [
    `${words[name]}: ${entries} entries, unbroken${left}${pruned}; proven since ${formatSeconds(head.beganAt)}${before}`,
    `  head ${name}:${head.last}:${head.head}`,
  ]
}
