import {
  type BundleContents,
  type BundleFaultView,
  type BundleView,
  type BundleWishView,
  partBytes,
  type SavedView,
} from '#contract/bundle-views.ts'
import type { Handlers, Input } from '#contract/requests.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { openBytes, writeNewFile } from '#main/bundle/bundle-file.ts'
import type { BundleFault } from '#main/bundle/format.ts'
import { bundleLimits } from '#main/bundle/limits.ts'
import { isLocked } from '#main/bundle/lock-bundle.ts'
import { bundleFileName, makeBundle, type PlannedBundle, planBundle } from '#main/bundle/make-bundle.ts'
import type { OpenBundle } from '#main/bundle/open-bundle.ts'
import type { ChainReport } from '#main/history/verify.ts'
import { htmlReport } from '#main/report/html-report.ts'
import { markdownReport } from '#main/report/markdown-report.ts'
import { reportData } from '#main/report/report-data.ts'
import type { HistorySource } from './history-source.ts'
import type { SaveAs } from './record-handlers.ts'

interface BundleParts {
  readonly source: HistorySource
  readonly clock: Clock
  /** Absent: the window is a page of a browser, which saves what it is given. */
  readonly saveAs?: SaveAs | undefined
}

type BundleHandlers = Pick<Handlers, Extract<keyof Handlers, `bundle.${string}`>>

/** One file on its way in or out, at most; the next one takes its place. */
interface Desk {
  incoming?: { readonly id: string; readonly parts: Uint8Array[]; bytes: number } | undefined
  checked?: { readonly id: string; readonly bundle: OpenBundle; readonly view: BundleView } | undefined
  outgoing?: { readonly id: string; readonly bytes: Uint8Array } | undefined
}

/** What a person exports and imports (UI-HIST-6). What is shown is what is exported: a bundle can be taken out of a bundle. */
export function bundleHandlers(parts: BundleParts): BundleHandlers {
  const desk: Desk = {}
  return {
    'bundle.look': ({ wish }) => look(parts, wish),
    'bundle.save': (input) => save(parts, desk, input),
    'bundle.part': async ({ id, part }) => {
      const { outgoing } = desk
      if (outgoing?.id !== id) return failure(invalid('This file is not there any more.'))
      return success(Buffer.from(outgoing.bytes.subarray(part * partBytes, (part + 1) * partBytes)).toString('base64'))
    },
    'bundle.upload': async (input) => receive(desk, input),
    'bundle.check': (input) => check(desk, input),
    'bundle.show': async ({ id }) => show(parts, desk, id),
  }
}

const invalid = (message: string): Failure => ({ kind: 'Invalid', message, causes: [] })
const asFailure = ({ message }: BundleFault): Failure => invalid(message)

async function look({ source, clock }: BundleParts, wish: BundleWishView): Promise<Outcome<BundleContents, Failure>> {
  const plan = planBundle(source.shown, wish, clock)
  const made = plan.ok ? await makeBundle(source.shown, plan.value) : plan
  if (!made.ok || !plan.ok) return failure(asFailure(made.ok ? noPlan : made.error))
  const { about, contexts, from, until } = plan.value.header
  const { bytes, counts } = made.value
  return success({ about, contexts, from, until, bytes: bytes.length, ...countsOf(counts) })
}

const noPlan: BundleFault = { kind: 'File', message: 'Nothing is recorded of it.' }

const countsOf = (counts: OpenBundle['counts']) => ({
  rollouts: counts.run,
  versions: counts.version,
  entries: counts.entry,
  plans: counts.plan,
})

interface Made {
  readonly bytes: Uint8Array
  readonly name: string
  readonly type: string
}

async function save(
  parts: BundleParts,
  desk: Desk,
  { wish, form, passphrase }: Input<'bundle.save'>,
): Promise<Outcome<SavedView, Failure>> {
  const plan = planBundle(parts.source.shown, wish, parts.clock)
  if (!plan.ok) return failure(asFailure(plan.error))
  const name = bundleFileName(plan.value.header)
  const made: Outcome<Made, BundleFault> =
    form === 'bundle'
      ? await bundleBytes(parts, plan.value, passphrase, name)
      : await reportBytes(parts, plan.value, form, name)
  return made.ok ? handOver(parts, desk, made.value) : failure(asFailure(made.error))
}

async function bundleBytes(
  { source }: BundleParts,
  plan: PlannedBundle,
  passphrase: string | undefined,
  name: string,
): Promise<Outcome<Made, BundleFault>> {
  const made = await makeBundle(source.shown, plan, passphrase)
  return made.ok ? success({ bytes: made.value.bytes, name, type: 'application/octet-stream' }) : made
}

async function reportBytes(
  { source }: BundleParts,
  plan: PlannedBundle,
  form: 'html' | 'markdown',
  name: string,
): Promise<Outcome<Made, BundleFault>> {
  const data = reportData(source.shown, plan, source.chains)
  const [text, type, ending] =
    form === 'html' ? [htmlReport(data), 'text/html', 'html'] : [markdownReport(data), 'text/markdown', 'md']
  return success({ bytes: Buffer.from(text), name: name.replace(/argosy$/, ending), type })
}

async function handOver(
  { saveAs }: BundleParts,
  desk: Desk,
  { bytes, name, type }: Made,
): Promise<Outcome<SavedView, Failure>> {
  if (saveAs === undefined) {
    const id = crypto.randomUUID()
    desk.outgoing = { id, bytes }
    return success({ how: 'parts', id, name, parts: Math.ceil(bytes.length / partBytes), type })
  }
  const path = await saveAs(name)
  if (path === undefined) return success({ how: 'cancelled' })
  // The system's own dialog has asked already whether a file that is there is to go.
  const written = await writeNewFile(path, bytes, { force: true })
  return written.ok ? success({ how: 'saved', path, bytes: bytes.length }) : failure(asFailure(written.error))
}

function receive(desk: Desk, { id, part, base64 }: Input<'bundle.upload'>): Outcome<void, Failure> {
  if (part === 0) desk.incoming = { id, parts: [], bytes: 0 }
  const { incoming } = desk
  if (incoming?.id !== id || incoming.parts.length !== part)
    return failure(invalid('Another file was chosen meanwhile.'))
  const bytes = Buffer.from(base64, 'base64')
  incoming.bytes += bytes.length
  if (incoming.bytes > bundleLimits.fileBytes + partBytes) {
    desk.incoming = undefined
    return failure(invalid('The file is larger than a bundle may be.'))
  }
  incoming.parts.push(bytes)
  return success(undefined)
}

async function check(
  desk: Desk,
  { id, name, passphrase }: Input<'bundle.check'>,
): Promise<Outcome<BundleView, BundleFaultView>> {
  if (desk.incoming?.id !== id) return failure({ kind: 'File', message: 'Another file was chosen meanwhile.' })
  const bytes = Buffer.concat(desk.incoming.parts)
  const opened = await openBytes(bytes, passphrase)
  if (!opened.ok) return opened
  desk.incoming = undefined
  desk.checked?.bundle.history.close()
  const view = viewOf(opened.value, name, bytes.length, isLocked(bytes))
  desk.checked = { id, bundle: opened.value, view }
  return success(view)
}

function show({ source }: BundleParts, desk: Desk, id: string | null): Outcome<void, Failure> {
  if (id !== null && desk.checked?.id !== id) return failure(invalid('Another file was chosen meanwhile.'))
  source.show(id === null ? undefined : desk.checked)
  if (id !== null) desk.checked = undefined
  return success(undefined)
}

function viewOf(
  { header, sha256, counts, chains }: OpenBundle,
  name: string,
  bytes: number,
  locked: boolean,
): BundleView {
  const { about, contexts, from, until, app, capturedAt, by } = header
  return {
    ...{ name, bytes, about, contexts, from, until, app, capturedAt, by, sha256, isLocked: locked },
    ...countsOf(counts),
    chains: chains.map(chainOf),
  }
}

const chainOf = ({ name, verdict }: ChainReport): BundleView['chains'][number] =>
  verdict.isUnbroken
    ? { name, entries: verdict.entries, withheld: verdict.withheld }
    : { name, entries: 0, withheld: 0, broken: { id: verdict.id, what: verdict.what } }
