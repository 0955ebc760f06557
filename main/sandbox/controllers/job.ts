import type { WorkloadCondition } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import type { Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import type { Occurrence, RecordEvent } from './event-recorder.ts'
import { type Job, type JobStatus, jobStatus, podsWanted } from './job-status.ts'
import type { ObjectIndex } from './object-index.ts'
import { atOf, controllerOf, isOf, keyOf } from './object-key.ts'
import { createOwnPod, removeOwnPod } from './own-pods.ts'
import { isActive } from './pod-life.ts'
import { inOrder, removeObject, updateStatus } from './write.ts'

/** Runs the pods of Jobs to completion: parallelism, back-off, deadline, suspension and time to live. */
export function jobController(store: SandboxStore, index: ObjectIndex, record: RecordEvent): Controller {
  const maker = { store, record, from: { component: 'job-controller' } }
  const createPod = (job: Job) => (): Outcome<void, Status> => {
    const { metadata = {}, spec } = job.spec.template
    const labels = { ...metadata.labels, 'job-name': job.metadata.name }
    return createOwnPod(maker, job, resources.jobs, { metadata: { ...metadata, labels }, spec })
  }

  return {
    name: 'job',
    wakes(change) {
      if (isOf(change, resources.jobs)) return [keyOf(change.object)]
      const owner = isOf(change, resources.pods) ? controllerOf(change.object) : undefined
      return owner?.kind === 'Job' ? [`${change.object.metadata.namespace ?? ''}/${owner.name}`] : []
    },
    reconcile(key, now) {
      const job = store.get(resources.jobs, atOf(key)) as Job | undefined
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) return settled
      const goneAt = expiryOf(job)
      if (goneAt !== undefined && now >= goneAt)
        return carry(removeObject(store, resources.jobs, atOf(key), { propagationPolicy: 'Background' }), undefined)
      const pods = index.controlledBy<Pod>(job, resources.pods)
      const { status, nextAt } = jobStatus(job, pods, now)
      const active = pods.filter(isActive)
      const wanted = podsWanted(job, status, active.length, now)
      const done = inOrder([
        ...Array.from({ length: Math.max(0, wanted - active.length) }, () => createPod(job)),
        ...active.slice(Math.max(0, wanted)).map((pod) => () => removeOwnPod(maker, job, pod)),
        () => updateStatus<Job>(store, resources.jobs, atOf(key), (draft) => ({ ...draft, status })),
      ])
      const verdict = done.ok ? verdictIn(job.status, status) : undefined
      if (verdict !== undefined) record({ about: job, from: maker.from, ...verdict })
      return carry(done, nextAt ?? goneAt)
    },
  }
}

const carry = (outcome: Outcome<void, Status>, nextAt: EpochMs | undefined) => (outcome.ok ? success(nextAt) : outcome)

function expiryOf(job: Job): EpochMs | undefined {
  const finished = job.status?.conditions?.find(
    (each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True',
  )
  const since = parseTime(finished?.lastTransitionTime)
  const seconds = job.spec.ttlSecondsAfterFinished
  return since === undefined || seconds === undefined ? undefined : since + seconds * 1000
}

/** What is told when a Job ends. */
function verdictIn(
  before: JobStatus | undefined,
  after: JobStatus,
): Pick<Occurrence, 'type' | 'reason' | 'message'> | undefined {
  const isVerdict = ({ type, status }: WorkloadCondition) =>
    (type === 'Complete' || type === 'Failed') && status === 'True'
  const verdict = after.conditions?.find(isVerdict)
  if (verdict === undefined || before?.conditions?.some(isVerdict) === true) return undefined
  if (verdict.type === 'Complete') return { type: 'Normal', reason: 'Completed', message: 'Job completed' }
  return { type: 'Warning', reason: verdict.reason ?? '', message: verdict.message ?? '' }
}
