import { describe, expect, it } from 'vitest'
import type { ContainerStatus, Pod } from '#api/core.ts'
import { podReason } from '#engine/reasons/pod-reason.ts'
import { podView } from '#main/fleet/detail/pods.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPod } from '#test/support/builders/service.ts'

const status = (state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'web',
  ready: false,
  restartCount: 0,
  ...(state !== undefined && { state }),
  ...more,
})
const waiting = (reason: string) => status({ waiting: { reason } })
const ended = (exitCode: number, more: object = {}) => status({ terminated: { exitCode, ...more } })
const up = status({ running: {} }, { ready: true, restartCount: 2 })

const pod = (parts: Pod['status'], more: Partial<Pod['metadata']> = {}): Pod => {
  const base = aPod(aReplicaSet(), 0)
  const initContainers = [
    { name: 'init', image: 'i' },
    { name: 'side', image: 's', restartPolicy: 'Always' },
  ]
  return {
    ...base,
    metadata: { ...base.metadata, ...more },
    spec: { ...base.spec, initContainers },
    ...(parts !== undefined && { status: parts }),
  }
}
const of = (containerStatuses: readonly ContainerStatus[], phase: 'Pending' | 'Running' = 'Running') =>
  pod({ phase, containerStatuses })
const init = (initContainerStatuses: readonly ContainerStatus[]) => pod({ phase: 'Pending', initContainerStatuses })
const side = (more: Partial<ContainerStatus>) => status({ running: {} }, { name: 'side', started: true, ...more })
const gone = { deletionTimestamp: '2026-01-15T10:00:00Z' }

describe('podReason', () => {
  it.each<[string, Pod, string, number]>([
    ['VIEW-100: the phase', pod({ phase: 'Pending' }), 'Pending', 0],
    ['VIEW-100: the reason before the phase', pod({ phase: 'Failed', reason: 'Evicted' }), 'Evicted', 0],
    ['VIEW-101: an init container that failed', init([ended(1, { reason: 'Error' })]), 'Init:Error', 0],
    ['VIEW-101: its signal', init([ended(137, { signal: 9 })]), 'Init:Signal:9', 0],
    ['VIEW-101: its exit code', init([ended(3)]), 'Init:ExitCode:3', 0],
    ['VIEW-101: what it waits for', init([waiting('CrashLoopBackOff')]), 'Init:CrashLoopBackOff', 0],
    ['VIEW-101: how many are done', init([ended(0), waiting('PodInitializing')]), 'Init:1/2', 0],
    ['VIEW-101: a ready sidecar is passed over', init([ended(0), side({ ready: true })]), 'Pending', 0],
    ['VIEW-101: an unready sidecar does not initialise', init([ended(0), side({})]), 'Pending', 0],
    ['VIEW-102: restarts add up', of([up, up]), 'Running', 4],
    [
      'VIEW-102: the first container wins',
      of([waiting('ErrImagePull'), waiting('CrashLoopBackOff')]),
      'ErrImagePull',
      0,
    ],
    ['VIEW-102: a signal', of([ended(137, { signal: 9 })]), 'Signal:9', 0],
    ['VIEW-102: an exit code', of([ended(2)]), 'ExitCode:2', 0],
    ['VIEW-102: completed beside a running one', of([ended(0, { reason: 'Completed' }), up]), 'Running', 2],
    ['VIEW-102: all completed', of([ended(0, { reason: 'Completed' })]), 'Completed', 0],
    ['VIEW-103: being deleted', pod({ phase: 'Running', containerStatuses: [up] }, gone), 'Terminating', 2],
    ['VIEW-103: its node is lost', pod({ phase: 'Running', reason: 'NodeLost' }, gone), 'Unknown', 0],
  ])('%s', (_title, subject, reason, restarts) => {
    expect(podReason(subject)).toEqual({ reason, restarts })
  })
})

describe('podView', () => {
  const ready = [{ type: 'Ready', status: 'True' }] as const
  it.each<[Pod, string]>([
    [pod({ phase: 'Running', containerStatuses: [up], conditions: ready }), 'ready'],
    [of([up]), 'starting'],
    [of([waiting('ContainerCreating')], 'Pending'), 'starting'],
    [init([ended(0), waiting('PodInitializing')]), 'starting'],
    [of([waiting('ImagePullBackOff')]), 'failing'],
    [of([waiting('CreateContainerConfigError')]), 'failing'],
    [of([ended(137, { reason: 'OOMKilled' })]), 'failing'],
    [init([waiting('CrashLoopBackOff')]), 'failing'],
    [pod({ phase: 'Running', containerStatuses: [up], conditions: ready }, gone), 'stopping'],
    [of([ended(0, { reason: 'Completed' })]), 'stopping'],
  ])('VIEW-124: %# is %s', (subject, state) => {
    expect(podView(subject).state).toBe(state)
  })
})
