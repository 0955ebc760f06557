import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Event, Lease, Pod, PodTemplateSpec, Service } from '#api/core.ts'
import type { KubeObject, LabelSelector } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { formatSelector } from '#lib/label-selector.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { fieldAt, isFields, textOf } from '../registry/fields.ts'
import { age } from './age.ts'
import { passiveTables } from './passive-tables.ts'
import { podReady, podRestarts, podStatus } from './pod-summary.ts'
import {
  ageOf,
  type BuiltInTable,
  type Column,
  count,
  itemsAt,
  name,
  none,
  plain,
  table,
  wide,
} from './table-columns.ts'

interface WithTemplate extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec }
}
const containersOf = ({ spec }: WithTemplate) => spec.template?.spec?.containers ?? []
const workloadColumns: readonly Column<WithTemplate>[] = [
  wide('Containers', (object) =>
    containersOf(object)
      .map((each) => each.name)
      .join(','),
  ),
  wide('Images', (object) =>
    containersOf(object)
      .map((each) => each.image)
      .join(','),
  ),
  wide('Selector', ({ spec }) => formatSelector(spec.selector)),
]

/** The columns of `kubectl get`, by group and plural. */
export const builtInTables: Readonly<Record<string, BuiltInTable>> = {
  ...passiveTables,
  '/pods': table<Pod>(
    name,
    plain('Ready', podReady),
    plain('Status', podStatus),
    plain('Restarts', podRestarts),
    ageOf,
    wide('IP', (pod) => pod.status?.podIP ?? none),
    wide('Node', (pod) => pod.spec.nodeName ?? none),
    wide('Nominated Node', () => none),
    wide('Readiness Gates', () => none),
  ),
  'apps/replicasets': table<ReplicaSet>(
    name,
    count('Desired', ({ spec }) => spec.replicas ?? 0),
    count('Current', ({ status }) => status?.replicas ?? 0),
    count('Ready', ({ status }) => status?.readyReplicas ?? 0),
    ageOf,
    ...workloadColumns,
  ),
  'apps/deployments': table<Deployment>(
    name,
    plain('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    count('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    count('Available', ({ status }) => status?.availableReplicas ?? 0),
    ageOf,
    ...workloadColumns,
  ),
  'batch/jobs': table<WithTemplate>(
    name,
    plain('Status', jobStatus),
    plain('Completions', (job) => `${number(job, 'status', 'succeeded')}/${number(job, 'spec', 'completions')}`),
    plain('Duration', jobDuration),
    ageOf,
    ...workloadColumns,
  ),
  '/services': table<Service>(
    name,
    plain('Type', ({ spec }) => spec?.type),
    plain('Cluster-IP', ({ spec }) => spec?.clusterIP ?? none),
    plain('External-IP', () => none),
    plain('Port(s)', servicePorts),
    ageOf,
    wide('Selector', ({ spec }) => formatSelector(spec?.selector && { matchLabels: spec.selector })),
  ),
  '/endpoints': table(name, plain('Endpoints', subsetAddresses), ageOf),
  '/events': table<Event>(
    plain('Last Seen', (event, now) => age(event.lastTimestamp ?? event.metadata.creationTimestamp, now)),
    plain('Type', ({ type }) => type),
    plain('Reason', ({ reason }) => reason),
    plain('Object', ({ involvedObject: { kind = '', name: of = '' } }) => `${kind.toLowerCase()}/${of}`),
    wide('Subobject', (event) => fieldAt(event, ['involvedObject', 'fieldPath']) ?? ''),
    wide('Source', ({ source }) => [source?.component, source?.host].filter(Boolean).join(', ')),
    plain('Message', ({ message }) => (message ?? '').trim()),
    wide('First Seen', (event, now) => age(event.firstTimestamp ?? event.metadata.creationTimestamp, now)),
    wide('Count', (event) => event.count ?? 1),
    wide('Name', ({ metadata }) => metadata.name),
  ),
  '/namespaces': table(
    name,
    plain('Status', (each) => fieldAt(each, ['status', 'phase'])),
    ageOf,
  ),
  '/nodes': table(
    name,
    plain('Status', nodeStatus),
    plain('Roles', nodeRoles),
    ageOf,
    plain('Version', (node) => fieldAt(node, ['status', 'nodeInfo', 'kubeletVersion']) ?? ''),
    wide('Internal-IP', (node) => nodeAddress(node, 'InternalIP')),
    wide('External-IP', (node) => nodeAddress(node, 'ExternalIP')),
    wide('OS-Image', (node) => fieldAt(node, ['status', 'nodeInfo', 'osImage']) ?? '<unknown>'),
    wide('Kernel-Version', (node) => fieldAt(node, ['status', 'nodeInfo', 'kernelVersion']) ?? '<unknown>'),
    wide(
      'Container-Runtime',
      (node) => fieldAt(node, ['status', 'nodeInfo', 'containerRuntimeVersion']) ?? '<unknown>',
    ),
  ),
  'coordination.k8s.io/leases': table<Lease>(
    name,
    plain('Holder', ({ spec }) => spec?.holderIdentity ?? ''),
    ageOf,
  ),
  'discovery.k8s.io/endpointslices': table(
    name,
    plain('AddressType', (slice) => fieldAt(slice, ['addressType'])),
    plain(
      'Ports',
      (slice) =>
        itemsAt(slice, 'ports')
          .map((port) => port['port'])
          .join(',') || '<unset>',
    ),
    plain('Endpoints', endpointAddresses),
    ageOf,
  ),
  '/configmaps': table(
    name,
    count('Data', (each) => sizeAt(each, 'data') + sizeAt(each, 'binaryData')),
    ageOf,
  ),
  '/secrets': table(
    name,
    plain('Type', (each) => fieldAt(each, ['type'])),
    count('Data', (each) => sizeAt(each, 'data')),
    ageOf,
  ),
  '/serviceaccounts': table(
    name,
    count('Secrets', (each) => itemsAt(each, 'secrets').length),
    ageOf,
  ),
}

const number = (object: KubeObject, ...path: readonly string[]): number => Number(fieldAt(object, path) ?? 0)

const sizeAt = (object: KubeObject, field: string): number => Object.keys(fieldAt(object, [field]) ?? {}).length

const conditionIs = (object: KubeObject, type: string): boolean => {
  const conditions = fieldAt(object, ['status', 'conditions'])
  return Array.isArray(conditions) && conditions.some((each) => each.type === type && each.status === 'True')
}

function jobStatus(job: KubeObject): string {
  if (conditionIs(job, 'Complete')) return 'Complete'
  if (conditionIs(job, 'Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return conditionIs(job, 'Suspended') ? 'Suspended' : 'Running'
}

function jobDuration(job: KubeObject, now: EpochMs): string {
  const started = parseTime(fieldAt(job, ['status', 'startTime']) as string | undefined)
  const completed = parseTime(fieldAt(job, ['status', 'completionTime']) as string | undefined)
  return started === undefined ? '' : humanDuration((completed ?? now) - started)
}

function servicePorts({ spec }: Service): string {
  return (spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`).join(',') || none
}

function nodeStatus(node: KubeObject): string {
  const ready = conditionIs(node, 'Ready') ? 'Ready' : 'NotReady'
  return fieldAt(node, ['spec', 'unschedulable']) === true ? `${ready},SchedulingDisabled` : ready
}

const rolePrefix = 'node-role.kubernetes.io/'

function nodeRoles({ metadata }: KubeObject): string {
  const roles = Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith(rolePrefix))
  const names = roles.map((key) => key.slice(rolePrefix.length)).toSorted()
  return names.join(',') || none
}

function nodeAddress(node: KubeObject, type: string): unknown {
  const addresses = fieldAt(node, ['status', 'addresses'])
  return (Array.isArray(addresses) ? addresses.find((each) => each.type === type)?.address : undefined) ?? none
}

function endpointAddresses(slice: KubeObject): string {
  const all = itemsAt(slice, 'endpoints').flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses : []))
  return firstFew(all) || '<unset>'
}

function subsetAddresses(endpoints: KubeObject): string {
  const shown = itemsAt(endpoints, 'subsets').flatMap(({ addresses, ports }) =>
    listOf(addresses).flatMap(({ ip }) => listOf(ports).map(({ port }) => `${textOf(ip)}:${textOf(port)}`)),
  )
  return firstFew(shown) || none
}

const listOf = (value: unknown) => (Array.isArray(value) ? value.filter(isFields) : [])

const firstFew = (texts: readonly string[]): string => {
  const shown = texts.slice(0, 3).join(',')
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown
}
