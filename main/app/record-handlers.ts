import { type ExportedView, recordPath } from '#contract/record-views.ts'
import type { Handlers } from '#contract/requests.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { exportRecord } from '#main/history/export.ts'
import { pageOfWritten, readWrite, writtenContexts } from '#main/history/written.ts'
import { exportFileName, writeExport } from './export-file.ts'
import type { HistorySource } from './history-source.ts'

/** Asks the person where a file is to be; `undefined`: nowhere. */
export type SaveAs = (name: string) => Promise<string | undefined>

interface RecordParts {
  readonly source: Pick<HistorySource, 'shown'>
  readonly clock: Clock
  /** Absent: the window is a page of a browser, which saves what it is given. */
  readonly saveAs?: SaveAs | undefined
}

type RecordHandlers = Pick<Handlers, 'history.writes' | 'history.write' | 'history.writes.contexts' | 'history.export'>

/** The record of writes (ACT-15): read, and exported; there is no channel that could change it. */
export const recordHandlers = (parts: RecordParts): RecordHandlers => ({
  'history.writes': async (query) => pageOfWritten(parts.source.shown, query),
  'history.write': async ({ id }) => {
    const found = readWrite(parts.source.shown, id)
    const name = String(id)
    return found === undefined
      ? failure({ kind: 'NotFound', resource: 'writes', name, message: 'This write is not in the record any more.' })
      : success(found)
  },
  'history.writes.contexts': async () => writtenContexts(parts.source.shown),
  'history.export': ({ context }) => exportTo(parts, context),
})

async function exportTo(
  { source, clock, saveAs }: RecordParts,
  context: string | undefined,
): Promise<Outcome<ExportedView, Failure>> {
  const query = context === undefined ? '' : `?${new URLSearchParams({ context }).toString()}`
  if (saveAs === undefined) return success({ how: 'download', address: `${recordPath}${query}` })
  const path = await saveAs(exportFileName(clock.now()))
  if (path === undefined) return success({ how: 'cancelled' })
  const written = await writeExport(
    path,
    exportRecord(source.shown, { contexts: context === undefined ? undefined : [context] }),
  )
  return written.ok
    ? success({ how: 'saved', path, lines: written.value })
    : failure({ kind: 'Invalid', message: written.error, causes: [] })
}
