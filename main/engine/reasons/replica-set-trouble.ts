import type { ReplicaSet } from '#api/apps.ts'
import { availableOf, existingOf, readyOf, revisionOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import type { NamedObject, Reason } from '#lib/reason.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { sentence } from '#lib/sentence.ts'

const objectOf = (rs: ReplicaSet): NamedObject => ({ kind: 'ReplicaSet', name: rs.metadata.name })

/** What keeps a ReplicaSet from creating pods, in the API server's words. */
export function creationTrouble(rs: ReplicaSet | undefined): Reason | undefined {
  const failed = rs?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (rs === undefined || failed === undefined) return undefined
  const { message = failed.reason ?? '', lastTransitionTime } = failed
  const since = parseTime(lastTransitionTime)
  const [, quota] = /exceeded quota: ([^,\s]+)/.exec(message) ?? []
  if (quota !== undefined)
    return {
      cause: 'quotaUsedUp',
      object: { kind: 'ResourceQuota', name: quota },
      since,
      values: { name: quota, message: sentence(quotaPart(message)) },
    }
  const isDenied = /admission webhook|violates PodSecurity|denied the request|ValidatingAdmissionPolicy/.test(message)
  const cause = isDenied ? 'podsDenied' : 'podsNotCreated'
  return { cause, object: deniedBy(message) ?? objectOf(rs), since, values: { message: sentence(message) } }
}

/** What follows the name of the quota: requested, used, limited. */
const quotaPart = (message: string): string => /exceeded quota: [^,\s]+, (.*)$/s.exec(message)?.[1] ?? message

/** The API server names the webhook, not the object that registers it. */
function deniedBy(message: string): NamedObject | undefined {
  const [, quota] = /failed quota: ([^:\s]+)/.exec(message) ?? []
  if (quota !== undefined) return { kind: 'ResourceQuota', name: quota }
  const [, account] = /error looking up service account [^/\s]+\/([^:\s]+)/.exec(message) ?? []
  if (account !== undefined) return { kind: 'ServiceAccount', name: account }
  const [, webhook] = /admission webhook "([^"]+)"/.exec(message) ?? []
  return webhook === undefined ? undefined : { kind: 'Webhook', name: webhook }
}

/** Pods that are on their way: not there yet, or not ready for long enough. */
export function podsToCome(rs: ReplicaSet | undefined): Reason | undefined {
  if (rs === undefined) return undefined
  const pods = sizeOf(rs)
  const about = { object: objectOf(rs), since: undefined }
  const revision = revisionOf(rs) ?? '?'
  const missing = pods - availableOf(rs)
  if (missing <= 0) return undefined
  const seconds = rs.spec.minReadySeconds ?? 0
  return readyOf(rs) >= pods && seconds > 0
    ? { cause: 'podsSettling', ...about, values: { missing, pods, revision, seconds } }
    : { cause: 'podsStarting', ...about, values: { missing, pods, revision } }
}

/** More pods than are wanted are still there. */
export const hasPodsLeaving = (rs: ReplicaSet): boolean => existingOf(rs) > sizeOf(rs)
