import { expect, it } from 'vitest'
import type { LeaseState } from '#main/controller/lease.ts'
import { followLease, type LeaseNews } from '#main/controller/lease-news.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const held: LeaseState = { state: 'held', holder: 'us', since: T0, renewedAt: T0 }
const other: LeaseState = { state: 'other', holder: 'argosy-oslo_1', changedAt: T0, acquiredAt: T0 }
const unknown: LeaseState = { state: 'unknown' }

function follow() {
  const listeners = new Set<() => void>()
  const engine = {
    lease: unknown as LeaseState,
    isWanted: true,
    onChange: (listener: () => void) => subscribe(listener),
  }
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const news: LeaseNews[] = []
  const end = followLease(engine, (each) => news.push(each))
  const become = (lease: LeaseState, isWanted = true) => {
    Object.assign(engine, { lease, isWanted })
    for (const listener of listeners) listener()
  }
  return { news, become, end }
}

it('ACT-15: a lease is taken once, however often it is renewed, and lost to who has it or to nobody', () => {
  const { news, become, end } = follow()
  for (const lease of [other, held, { ...held, renewedAt: T0 + 2_000 }, other, held, unknown, other, held])
    become(lease)
  expect(news).toEqual([
    { action: 'leaseTaken', reason: '' },
    { action: 'leaseLost', reason: 'argosy-oslo_1 has it' },
    { action: 'leaseTaken', reason: '' },
    { action: 'leaseLost', reason: 'it was not renewed in time' },
    { action: 'leaseTaken', reason: '' },
  ])
  end()
  become(other)
  expect(news).toHaveLength(5)
})

it('ACT-15: a lease that is given back is not lost', () => {
  const { news, become } = follow()
  become(held)
  become(unknown, false)
  expect(news).toEqual([{ action: 'leaseTaken', reason: '' }])
})
