import { expect, it } from 'vitest'
import { podStatus, replicaSetStatus, rolloutStatus } from '#main/cli/status-icons.ts'

const text = (cells: readonly { readonly text: string }[]) => cells.map((each) => each.text).join('')

it.each([
  ['Init:CrashLoopBackOff', '◌'],
  ['Signal:9', '✖'],
  ['ExitCode:1', '✖'],
  ['ErrImagePull', '⚠'],
  ['CreateContainerConfigError', '⚠'],
  ['Pending', '◌'],
  ['Running', '✔'],
  ['CrashLoopBackOff', '✖'],
  ['ImagePullBackOff', '⚠'],
  ['Unknown', '?'],
  ['Evicted', ' '],
])('VIEW-124: a pod that is %s has the icon %s', (reason, icon) => {
  expect(text(podStatus(reason))).toBe(`${icon} ${reason}`)
})

it('VIEW-121, VIEW-122: phases and health have theirs', () => {
  expect(['Paused', 'Degraded', 'Progressing'].map((phase) => text(rolloutStatus(phase)))).toEqual([
    '॥ Paused',
    '✖ Degraded',
    '◌ Progressing',
  ])
  expect(text(replicaSetStatus('ScaledDown'))).toBe('• ScaledDown')
})
