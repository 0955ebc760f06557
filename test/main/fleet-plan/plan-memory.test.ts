import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '#lib/log.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { openHistory } from '#main/history/store.ts'
import { aPlan, aWave } from '#test/support/builders/fleet-plan.ts'

import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const home = { context: 'a', namespace: 'argosy' }

describe('the plans that a machine remembers', () => {
  it('3.4.1: outlive a restart, the latest first, with whether it decides what they do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'argosy-plans-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'history.db')
    const open = () => openHistory({ path, clock: new VirtualClock(), log: silentLog })
    const first = open()
    const memory = new PlanMemory(first)
    const plan = aPlan([aWave(['a'])])
    memory.remember({ id: 'p1', home, isDriven: false, plan })
    memory.remember({ id: 'p2', home, isDriven: true, plan: { ...plan, id: 'p2' } })
    const done = { ...plan, status: { ...plan.status, phase: 'Completed' as const } }
    memory.remember({ id: 'p1', home, isDriven: true, plan: done })
    memory.add('p1', T0, [
      { text: 'the plan is Running', severity: 'info' },
      { text: 'wave a: Active', severity: 'info', wave: 0 },
    ])
    memory.add('p2', T0 + 1, [{ text: 'other', severity: 'error' }])
    first.close()
    const second = open()
    const again = new PlanMemory(second)
    expect(again.all()).toEqual([
      { id: 'p2', home, isDriven: true, plan: { ...plan, id: 'p2' } },
      { id: 'p1', home, isDriven: true, plan: done },
    ])
    expect(again.events('p1', 10)).toEqual([
      { at: T0, text: 'wave a: Active', severity: 'info', wave: 0 },
      { at: T0, text: 'the plan is Running', severity: 'info' },
    ])
    expect(again.events('p1', 1)).toHaveLength(1)
    second.close()
  })

  it('a row that cannot be read hides no other', () => {
    const history = openHistory({ path: ':memory:', clock: new VirtualClock(), log: silentLog })
    const memory = new PlanMemory(history)
    history.add([
      { table: 'plan', id: 'p9', ...home, isDriven: true, body: '{"schema":"of later"}' },
      { table: 'planEvent', planId: 'p1', at: T0, body: 'nothing' },
    ])
    memory.remember({ id: 'p1', home, isDriven: true, plan: aPlan([aWave(['a'])]) })
    memory.add('p1', T0, [{ text: 'good', severity: 'info' }])
    expect(memory.all().map(({ id }) => id)).toEqual(['p1'])
    expect(memory.events('p1', 10).map(({ text }) => text)).toEqual(['good'])
    history.close()
  })
})
