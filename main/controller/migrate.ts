import type { GuardView } from '#contract/guard-views.ts'
import type { MigrationOptionsInput, MigrationPreview, MigrationStepView } from '#contract/migration-views.ts'
import type { ActionRefusal } from '#contract/views.ts'
import type { NotOpen } from '#engine/actions/action-plan.ts'
import { planBackToDeployment } from '#engine/migration/back-to-deployment.ts'
import { planMakeRollout } from '#engine/migration/make-rollout.ts'
import {
  type MakeRolloutOptions,
  type MigrationPlan,
  type MigrationWorld,
  type MigrationWrite,
  nextStep,
  selectsPodsOf,
} from '#engine/migration/migration.ts'
import { parseSteps } from '#engine/migration/steps-text.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { CanI } from '#main/cluster/can-i.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { patchBody } from './apply-writes.ts'
import { failureText } from './failure-text.ts'
import { missingRight } from './missing-right.ts'
import { type MigrationRead, type MigrationSubject, readMigration } from './read-migration.ts'
import { viewWrite } from './write-view.ts'

export interface Migration extends MigrationSubject {
  readonly cluster: { readonly context: string; readonly client: ClusterClient }
  readonly clock: Clock
  readonly options: MigrationOptionsInput & { readonly name?: string | undefined }
  readonly driver: () => Promise<MigrationWorld['driver']> | MigrationWorld['driver']
  readonly canI?: CanI
}

export interface Planned {
  readonly plan: MigrationPlan
  readonly read: MigrationRead
}

/** All steps as they would be now. What the API server can try without doing it is tried; sends nothing. */
export async function previewMigration(
  migration: Migration & { readonly guard: () => GuardView },
): Promise<MigrationPreview> {
  const read = await readNow(migration)
  if (!read.ok) return { open: false, reason: failureText(read.error), services: [] }
  const services = servicesOf(read.value.world)
  const plan = planOf(migration, read.value)
  if (!plan.ok) return { open: false, reason: plan.error.reason, services }
  const { context } = migration.cluster
  const tried = await tryOut(migration, plan.value)
  if (tried.refusal !== undefined) return { open: false, reason: tried.refusal, services }
  const { effects, warnings } = plan.value
  return {
    open: true,
    seen: seenOf(read.value),
    steps: viewSteps(context, plan.value),
    effects,
    warnings: [...warnings, ...tried.untried],
    services,
    guard: migration.guard(),
  }
}

const openWrites = ({ steps }: MigrationPlan): readonly MigrationWrite[] =>
  steps.flatMap(({ isDone, write }) => (isDone || write === undefined ? [] : [write]))

const servicesOf = ({ services, deployment }: MigrationWorld): readonly string[] =>
  deployment === undefined
    ? []
    : services.filter((each) => selectsPodsOf(each, deployment)).map(({ metadata }) => metadata.name)

/** Which Deployment and which Rollout, with which template: what a person said yes to (ACT-12). */
export function seenOf({ world: { deployment }, rollout }: MigrationRead): string {
  const template = deployment && podTemplateHash(deployment.spec.template)
  return [deployment?.metadata.uid, rollout?.metadata.uid, template].map((each) => each ?? '').join(' ')
}

export function viewSteps(context: string, plan: MigrationPlan): readonly MigrationStepView[] {
  const next = nextStep(plan)
  return plan.steps.map((step) => ({
    summary: step.summary,
    state: step.isDone ? 'done' : step === next ? 'next' : 'later',
    write: step.write && viewWrite(context, step.write),
    progress: step === next ? step.progress : undefined,
  }))
}

interface Tried {
  readonly refusal?: string
  /** What could not be tried, as warnings. */
  readonly untried: readonly string[]
}

/** Whether all that is still to be sent may be sent, and would be taken: half of the way is no place to find out. */
export async function tryOut({ cluster: { client }, canI }: Migration, plan: MigrationPlan): Promise<Tried> {
  const writes = openWrites(plan)
  const missing = canI && (await missingRight(canI, writes))
  if (missing !== undefined) return { refusal: missing, untried: [] }
  const untried: string[] = []
  for (const write of writes) {
    const tried = await tryWrite(client, write)
    // One that was written to meanwhile is planned anew when its turn comes.
    if (tried.ok || tried.error.kind === 'Conflict') continue
    const { message } = tried.error
    if (!message.includes('does not support dry run'))
      return { refusal: `${write.summary}: it would be refused: ${failureText(tried.error)}`, untried: [] }
    untried.push(`Could not be tried beforehand: ${write.summary}`)
  }
  return { untried }
}

/** A deletion is not tried: nothing of it is left to admission once it may be done. */
async function tryWrite(client: ClusterClient, write: MigrationWrite): Promise<Outcome<unknown, Failure>> {
  const { resource, namespace, name } = write.ref
  if (write.kind === 'create') return client.create(resource, write.object, { dryRun: true })
  if (write.kind === 'delete') return success(undefined)
  return client.patch(
    resource,
    { namespace, name },
    { type: write.patchType, body: patchBody(write) },
    { dryRun: true },
  )
}

/** What is to be kept in Git: the Rollout, and what scales it. */
export async function migrationManifest(migration: Migration): Promise<Outcome<readonly object[], string>> {
  const planned = await planNow(migration)
  if (!planned.ok) return failure(refusalWords(planned.error))
  const { world } = planned.value.read
  return success(
    openWrites(planned.value.plan).flatMap((write): readonly object[] => {
      if (write.kind === 'create') {
        const { annotations: _own, ...metadata } = write.object.metadata
        return [{ ...write.object, metadata }]
      }
      const scaler = world.autoscalers.find(({ metadata }) => metadata.name === write.ref.name)
      if (scaler === undefined || write.kind !== 'patch') return []
      const { name, namespace, labels } = scaler.metadata
      const { scaleTargetRef } = (write.body as { readonly spec: { readonly scaleTargetRef: object } }).spec
      return [
        {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name, namespace, ...(labels !== undefined && { labels }) },
          spec: { ...scaler.spec, scaleTargetRef },
        },
      ]
    }),
  )
}

const refusalWords = (refusal: ActionRefusal): string =>
  refusal.kind === 'notOpen' ? refusal.reason : refusal.kind === 'failed' ? failureText(refusal.failure) : refusal.kind

/** Read past every cache, and planned from that. */
export async function planNow(migration: Migration): Promise<Outcome<Planned, ActionRefusal>> {
  const read = await readNow(migration)
  if (!read.ok) return failure({ kind: 'failed', failure: read.error })
  const { world, rollout } = read.value
  const subject = migration.action === 'makeRollout' ? world.deployment : rollout
  if (subject === undefined && world.isServed) return failure({ kind: 'unknownTarget' })
  const plan = planOf(migration, read.value)
  if (!plan.ok) return failure({ kind: 'notOpen', reason: plan.error.reason })
  return success({ plan: plan.value, read: read.value })
}

const readNow = async (migration: Migration): Promise<Outcome<MigrationRead, Failure>> =>
  readMigration(migration.cluster.client, migration, await migration.driver())

function planOf(
  { action, name, options }: Migration,
  { world, rollout }: MigrationRead,
): Outcome<MigrationPlan, NotOpen> {
  if (action === 'backToDeployment')
    return rollout === undefined
      ? failure({ reason: `No Rollout takes its template from a Deployment ${name}` })
      : planBackToDeployment(world, rollout)
  const wanted = optionsOf(options)
  return wanted.ok ? planMakeRollout(world, wanted.value) : failure({ reason: wanted.error })
}

function optionsOf(input: Migration['options']): Outcome<MakeRolloutOptions, string> {
  const { name, scaleDown, activeService } = input
  if (input.strategy === 'blueGreen')
    return success({ name, scaleDown, strategy: { kind: 'blueGreen', activeService } })
  const steps = parseSteps(input.steps)
  return steps.ok ? success({ name, scaleDown, strategy: { kind: 'canary', steps: steps.value } }) : steps
}
