import type { KubeObject } from '#api/meta.ts'
import { rbacName } from '#api/resources.ts'
import type { EventWrite, Precondition, Write } from '#engine/decision.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { WriteCause } from '#lib/write-sent.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** A write that asks the API server for something; events go their own way. */
export type RequestWrite = Exclude<Write, EventWrite>

export interface ApplyPorts {
  readonly client: ClusterClient
  /** Asked before every request: may we still write? (OPS-41) */
  readonly mayWrite: () => boolean
  readonly recordEvent: (event: EventWrite) => void
  /** Called after each request that succeeded; `object` is what the API server answered, if it answers one. */
  readonly onWritten: (write: RequestWrite, object: KubeObject | undefined) => void
  /** Called for each eviction that a disruption budget holds back. */
  readonly onHeldBack: (write: RequestWrite, failure: Failure) => void
}

/** Why a round of writes stopped, and at which. */
export type Stopped =
  | { readonly kind: 'leaseLost'; readonly write: Write }
  | { readonly kind: 'failed'; readonly write: Write; readonly failure: Failure }

/**
 * Carries out `writes` in order and stops at the first that fails; what was not done is decided anew (rule E4). Events come
 * only after the writes before them succeeded (OPS-142), and never stop the round.
 */
export async function applyWrites(writes: readonly Write[], ports: ApplyPorts): Promise<Outcome<void, Stopped>> {
  const versions = new Map<string, OwnVersion>()
  for (const planned of writes) {
    if (!ports.mayWrite()) return failure({ kind: 'leaseLost', write: planned })
    if (planned.kind === 'event') {
      ports.recordEvent(planned)
      continue
    }
    const write = onOwnVersion(planned, versions)
    const outcome = await applyWrite(ports.client, write)
    if (!outcome.ok && isHeldBack(write, outcome.error)) {
      ports.onHeldBack(write, outcome.error)
      continue
    }
    if (!outcome.ok) {
      for (const event of refusalEvents(write, outcome.error)) ports.recordEvent(event)
      if (write.mayFail) continue
      return failure({ kind: 'failed', write, failure: outcome.error })
    }
    noteVersion(planned, outcome.value, versions)
    ports.onWritten(write, outcome.value)
  }
  return success(undefined)
}

/** What became of an object by a write of these: the version it was read in, and the one it has now. */
interface OwnVersion {
  readonly read: string
  readonly written: string
}

/**
 * All writes to an object are bound to the version it was read in. After the first of them that is the version which this one has made of
 * it, so that nobody else's change in between is lost (E7).
 */
function onOwnVersion(write: RequestWrite, versions: ReadonlyMap<string, OwnVersion>): RequestWrite {
  if (!('precondition' in write)) return write
  const own = versions.get(keyOf(write))
  return own === undefined || write.precondition.resourceVersion !== own.read
    ? write
    : { ...write, precondition: { ...write.precondition, resourceVersion: own.written } }
}

function noteVersion(write: RequestWrite, answered: KubeObject | undefined, versions: Map<string, OwnVersion>): void {
  const read = 'precondition' in write ? write.precondition.resourceVersion : undefined
  const written = answered?.metadata.resourceVersion
  if (read !== undefined && written !== undefined) versions.set(keyOf(write), { read, written })
}

const keyOf = ({ ref: { resource, namespace, name } }: RequestWrite): string =>
  `${rbacName(resource)} ${namespace}/${name}`

/** REC-125: a disruption budget holds this pod. It concerns no other pod and nothing else of the round. */
const isHeldBack = (write: RequestWrite, { kind }: Failure): boolean => write.kind === 'evict' && kind === 'Throttled'

/** A conflict is no news: the write is decided anew at once. */
const refusalEvents = ({ ifRefused = [], because }: RequestWrite, { kind, message }: Failure): readonly EventWrite[] =>
  kind === 'Conflict'
    ? []
    : ifRefused.map(({ before, ...event }) => ({
        kind: 'event',
        ...event,
        message: `${before}${message}`,
        because,
        summary: `${before}${message}`,
      }))

/**
 * One write as one request. The value is the object as answered; deletions and evictions answer none.
 * @param onBehalf what a person asked for, and why
 */
export async function applyWrite(
  client: ClusterClient,
  write: RequestWrite,
  onBehalf: Pick<WriteCause, 'action' | 'reason'> = {},
): Promise<Outcome<KubeObject | undefined, Failure>> {
  const cause: WriteCause = { ...onBehalf, rule: write.because, summary: write.summary }
  const { resource, namespace, name } = write.ref
  const at = { namespace, name }
  const subresource =
    'subresource' in write && write.subresource !== undefined ? { subresource: write.subresource } : {}
  switch (write.kind) {
    case 'create':
      return client.create(resource, write.object, { cause })
    case 'update':
      return client.update(resource, write.object, { ...subresource, cause })
    case 'patch':
      return client.patch(resource, at, { type: write.patchType, body: patchBody(write), ...subresource }, { cause })
    case 'delete':
      return withoutObject(
        client.delete(resource, at, {
          precondition: write.precondition,
          cause,
          ...(write.propagationPolicy === undefined ? {} : { propagationPolicy: write.propagationPolicy }),
        }),
      )
    case 'evict':
      return withoutObject(client.evict(at, write.precondition, cause))
  }
}

const withoutObject = async (outcome: Promise<Outcome<void, Failure>>): Promise<Outcome<undefined, Failure>> => {
  const settled = await outcome
  return settled.ok ? success(undefined) : settled
}

/**
 * The body that is sent: the precondition goes inside, where the API server checks it. A JSON patch gets `test` operations
 * in front (ACT-100); the other types get `metadata.uid` and `metadata.resourceVersion` (ACT-11).
 */
export function patchBody(write: {
  readonly patchType: 'merge' | 'json' | 'strategic' | 'apply'
  readonly body: unknown
  readonly precondition: Precondition
}): unknown {
  const conditions = Object.entries(write.precondition).filter(([, value]) => value !== undefined)
  if (conditions.length === 0) return write.body
  if (write.patchType === 'json') {
    const tests = conditions.map(([field, value]) => ({ op: 'test', path: `/metadata/${field}`, value }))
    return [...tests, ...(write.body as readonly unknown[])]
  }
  const body = write.body as { readonly metadata?: object }
  return { ...body, metadata: { ...body.metadata, ...Object.fromEntries(conditions) } }
}
