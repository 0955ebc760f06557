import { expect, it } from 'vitest'
import { eventView } from '#main/fleet/detail/events.ts'

it('UI-HIST-6: what an event quotes of credentials does not come into a view', () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event' as const,
    metadata: { name: 'e1' },
    involvedObject: { kind: 'Rollout', name: 'web' },
    message: 'registry says no to token=hunter2-secret of shop',
  }
  expect(eventView(event).message).toBe('registry says no to token=[redacted] of shop')
})
