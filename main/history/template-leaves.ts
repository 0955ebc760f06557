import type { Container, PodTemplateSpec } from '#api/core.ts'
import { labels } from '#api/keys.ts'

/** Paths of single values: `spec.volumes[tmp].name`; list members by their `name` where they have one, else by place. */
export type Leaves = ReadonlyMap<string, string>

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function leavesOf(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    value.forEach((each, index) => leavesOf(each, `${path}[${nameOf(each) ?? index}]`, found))
    if (value.length === 0) found.set(path, '[]')
  } else if (isRecord(value)) {
    const members = Object.entries(value)
    for (const [name, member] of members) leavesOf(member, path === '' ? name : `${path}.${name}`, found)
    if (members.length === 0 && path !== '') found.set(path, '{}')
  } else if (value !== undefined && value !== null)
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  return found
}

const nameOf = (value: unknown): string | undefined =>
  isRecord(value) && typeof value['name'] === 'string' ? value['name'] : undefined

/** All containers by name, init containers included; names are unique in a pod. */
export const containersOf = ({ spec }: PodTemplateSpec): ReadonlyMap<string, Container> =>
  new Map([...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((each) => [each.name, each]))

/** What API servers fill in, by field name (REC-45); `imagePullPolicy` follows from the tag and counts with either value. */
const defaults: Readonly<Record<string, readonly string[]>> = {
  creationTimestamp: ['null'],
  dnsPolicy: ['ClusterFirst'],
  restartPolicy: ['Always'],
  schedulerName: ['default-scheduler'],
  securityContext: ['{}'],
  terminationGracePeriodSeconds: ['30'],
  terminationMessagePath: ['/dev/termination-log'],
  terminationMessagePolicy: ['File'],
  imagePullPolicy: ['IfNotPresent', 'Always'],
  protocol: ['TCP'],
  scheme: ['HTTP'],
  timeoutSeconds: ['1'],
  periodSeconds: ['10'],
  successThreshold: ['1'],
  failureThreshold: ['3'],
  defaultMode: ['420'],
  resources: ['{}'],
}

const setByController: readonly string[] = [labels.podTemplateHash]

/** True for what a cluster adds by itself, so that its presence on one side only means nothing (UI-DIFF-4). */
export const isSetByCluster = (field: string, value: string): boolean =>
  setByController.includes(field) || defaults[field]?.includes(value) === true

/** True for what differs in every revision by nature. */
export const differsByNature = (field: string): boolean => setByController.includes(field)

/** The last name of a path; label names hold dots. */
export const fieldOf = (path: string): string =>
  setByController.find((each) => path.endsWith(`.${each}`)) ?? path.slice(path.lastIndexOf('.') + 1)
