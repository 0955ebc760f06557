import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { codeOf } from '#main/cluster/classify-failure.ts'

/** `argosy-record-2026-11-28.jsonl` */
export const exportFileName = (now: EpochMs): string =>
  `argosy-record-${new Date(now).toISOString().slice(0, 10)}.jsonl`

/** Writes lines to a file that only its owner may read; the value is how many. */
export async function writeExport(path: string, lines: Iterable<string>): Promise<Outcome<number, string>> {
  let count = 0
  const counted = function* () {
    for (const line of lines) {
      count++
      yield `${line}\n`
    }
  }
  try {
    const file = await open(path, 'w', 0o600)
    // One that was there before may have been open to others.
    await file.chmod(0o600)
    await pipeline(Readable.from(counted()), file.createWriteStream())
    return success(count)
  } catch (error) {
    return failure(`${path} cannot be written (${codeOf(error)}).`)
  }
}
