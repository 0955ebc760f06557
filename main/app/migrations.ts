import { parseKey } from '#contract/keys.ts'
import type { MigrationActionName, MigrationPreview, MigrationRunView } from '#contract/migration-views.ts'
import type { Input } from '#contract/requests.ts'
import type { ActionRefusal, RolloutKey } from '#contract/views.ts'
import { setAside } from '#engine/actions/guard-rails.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { createCanI } from '#main/cluster/can-i.ts'
import { type Carried, carryOut } from '#main/controller/carry-migration.ts'
import { type Migration, previewMigration } from '#main/controller/migrate.ts'
import { actorAs } from '#main/history/actor.ts'
import type { Recorder } from '#main/history/recorder.ts'
import type { ClusterSession } from './cluster-session.ts'
import type { guardFor } from './guard-action.ts'
import type { Sessions } from './sessions.ts'

interface MigrationParts {
  readonly sessions: Sessions
  readonly recorder: Recorder
  readonly clock: Clock
  readonly log: Log
}

type GuardIn = (session: ClusterSession, action: MigrationActionName) => ReturnType<typeof guardFor>

interface Run {
  view: MigrationRunView
  readonly ended: Promise<void>
}

/** As long as the app: pods may take an hour to find a node, and the steps go on by themselves when they have. */
const patienceMs = 24 * 3_600_000

/** Deployments that become Rollouts, and the way back: asked for in the window, carried out here whether or not it is looked at. */
export class Migrations {
  readonly #parts: MigrationParts
  readonly #runs = new Map<RolloutKey, Run>()
  readonly #stopping = new AbortController()

  constructor(parts: MigrationParts) {
    this.#parts = parts
  }

  async preview(input: Input<'migration.preview'>, guardIn: GuardIn): Promise<MigrationPreview> {
    const found = this.#migrationOf(input)
    if (!found.ok) return { open: false, reason: found.error, services: [] }
    const { migration, session } = found.value
    const { guard } = guardIn(session, input.action)
    return previewMigration({ ...migration, guard: () => guard(undefined) })
  }

  state(key: RolloutKey): MigrationRunView | null {
    return this.#runs.get(key)?.view ?? null
  }

  /** Resolves once it has been looked at: it runs then, or was refused. */
  async begin(input: Input<'migration.begin'>, guardIn: GuardIn): Promise<Outcome<void, ActionRefusal>> {
    const { key } = input
    const found = this.#migrationOf(input)
    if (!found.ok) return failure({ kind: 'notOpen', reason: found.error })
    if (this.#runs.get(key)?.view.state === 'running') return failure({ kind: 'notOpen', reason: 'It is under way' })
    return new Promise((resolve, reject) => {
      const begun = (view: MigrationRunView) => {
        const run = this.#runs.get(key)
        if (run !== undefined) run.view = view
        resolve(view.refusal === undefined ? success(undefined) : failure(view.refusal))
      }
      const ended = this.#carry(input, found.value, { guardIn, tell: begun }).catch((error: unknown) => {
        // A bug: nobody would know how far it is.
        this.#runs.delete(key)
        reject(error)
      })
      this.#runs.set(key, { view: { state: 'running', steps: [], refusal: undefined }, ended })
    })
  }

  /** What is begun stays as it is, and is recorded so: whoever asks again goes on from there. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended))
  }

  async #carry(
    { key, action, seen, reason, assurance }: Input<'migration.begin'>,
    { migration, session }: Found,
    { guardIn, tell }: { readonly guardIn: GuardIn; readonly tell: (view: MigrationRunView) => void },
  ): Promise<void> {
    const rails = guardIn(session, action)
    const given = { ...assurance, reason }
    let steps: MigrationRunView['steps'] = []
    const carried = await carryOut(migration, {
      ...{ seen, reason, patienceMs },
      signal: this.#stopping.signal,
      heldBack: () => rails.heldBack(given)(undefined),
      onSteps: (now) => {
        steps = now
        tell({ state: 'running', steps, refusal: undefined })
      },
    })
    const refusal = refusalOf(carried)
    const whole = steps.map((step) => ({ ...step, state: 'done', progress: undefined }) as const)
    tell(refusal === undefined ? { state: 'done', steps: whole, refusal } : { state: 'stopped', steps, refusal })
    const { recorder, log } = this.#parts
    const result =
      refusal === undefined && carried.outcome.ok
        ? ({ key, sent: true, resourceVersion: '', message: carried.outcome.value.message } as const)
        : ({ key, sent: false, refusal: refusal ?? { kind: 'unknownTarget' } } as const)
    log('info', 'migration', { key, action, reason, result })
    recorder.action(key, {
      action,
      ...actorAs(await session.userName()),
      reason,
      setAside: carried.sent.length > 0 ? setAside(rails.guard(undefined), given) : undefined,
      result,
      writes: carried.sent,
    })
  }

  #migrationOf({ key, action, options }: Input<'migration.preview'>): Outcome<Found, string> {
    const address = parseKey(key)
    const session = address && this.#parts.sessions.get(address.context)
    if (address === undefined || session === undefined) return failure('Its cluster is not in the kubeconfig any more.')
    const isDeployment = address.kind === 'Deployment'
    if (isDeployment !== (action === 'makeRollout') || address.kind === 'StatefulSet')
      return failure('A Deployment becomes a Rollout, and a Rollout goes back to its Deployment: nothing else does.')
    const { context, namespace, name } = address
    const { client } = session
    const { clock } = this.#parts
    const migration: Migration = {
      ...{ action, namespace, name, options, clock },
      cluster: { context, client },
      canI: createCanI(client, clock),
      driver: () => driverOf(session),
    }
    return success({ migration, session })
  }
}

interface Found {
  readonly migration: Migration
  readonly session: ClusterSession
}

function driverOf(session: ClusterSession): 'somebody' | 'nobody' | 'unknown' {
  const { engine } = session.view()
  if (engine === 'driven' || engine === 'inCluster') return 'somebody'
  return engine === 'observed' ? 'nobody' : 'unknown'
}

/** `undefined`: it was done. */
function refusalOf({ outcome }: Carried): ActionRefusal | undefined {
  if (outcome.ok) return undefined
  return outcome.error.kind === 'waits' ? { kind: 'notOpen', reason: outcome.error.reason } : outcome.error
}
