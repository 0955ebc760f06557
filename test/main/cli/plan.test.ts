import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, aFolder, type CliFleet } from '#test/support/cli-fleet.ts'
import { type CliRun, runToEnd, startCli } from '#test/support/run-cli.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'

const text = `name: web 2
home: {context: north, namespace: default}
change: {setImage: {web: web:2}}
members:
  - {context: north, namespace: default, rollout: web}
  - {context: south, namespace: default, rollout: web}
waves:
  - {name: pilot, select: {contexts: [north]}, gate: manual}
  - {name: rest}
`

/** Two driven clusters, each with a Rollout that is Healthy, and a plan in a file. */
async function setUp() {
  const fleet = await aCliFleet('north', 'south')
  for (const context of ['north', 'south']) {
    const engine = anEngineOn(fleet.kubeconfig, context, fleet.clock, { identity: `engine-${context}` })
    onTestFinished(() => engine.stop())
    const rollout = aRollout({ steps: [setWeight(25), pause()] })
    fleet.place(context, { ...rollout, spec: { ...rollout.spec, replicas: 4 } })
    await advanceUntil(fleet.clock, 'Healthy', () => fleet.rollout(context, 'web')?.status?.phase === 'Healthy')
  }
  const folder = aFolder()
  const file = join(fleet.folder, 'plan.yaml')
  writeFileSync(file, text)
  const args = (...more: readonly string[]) => ['--kubeconfig', fleet.kubeconfig, 'plan', ...more]
  const run = (...more: readonly string[]) => runToEnd(args(...more), fleet.clock, folder)
  const start = (...more: readonly string[]) => startCli(args(...more), { clock: fleet.clock, dataFolder: folder })
  return { fleet, file, folder, run, start }
}

const imageOf = (fleet: CliFleet, context: string) =>
  fleet.rollout(context, 'web')?.spec.template?.spec?.containers?.[0]?.image

/** Its exit code; time goes on until it has ended. */
async function ended({ clock }: CliFleet, { done }: CliRun): Promise<number> {
  let isOver = false
  void done.then(() => {
    isOver = true
  })
  await advanceUntil(clock, 'the command has ended', () => isOver)
  return done
}

describe('argosy plan', () => {
  it('check: what it would bring where; or every fault with its line, and nothing is sent', async () => {
    const { fleet, file, run } = await setUp()
    const good = await run('check', file)
    expect([good.code, good.err]).toEqual([0, []])
    expect(good.out[0]).toBe('Plan      web 2')
    expect(good.out.find((line) => line.startsWith('1 pilot'))).toMatch(/^1 pilot +1 +4 +50% +50% /)
    expect(good.out).toContainEqual(
      expect.stringMatching(/^At risk +0\.\d+ min of the error budget at once, at least$/),
    )
    writeFileSync(
      file,
      text.replace('rollout: web}\nwaves', 'rollout: wbe}\nwaves').replace('gate: manual', 'gate: perhaps'),
    )
    const shape = await run('check', file)
    expect([shape.code, shape.err]).toEqual([
      1,
      ['argosy: line 8: waves[0].gate: Write one of none, manual, analysis, fleetVerdict.'],
    ])
    writeFileSync(file, text.replace('rollout: web}\nwaves', 'rollout: wbe}\nwaves'))
    const member = await run('check', file)
    expect([member.code, member.err]).toEqual([
      1,
      ['argosy: line 6: members[1]: south: rollouts.argoproj.io "wbe" not found'],
    ])
    expect((await run('list')).out).toEqual(['no plans in north'])
    expect(imageOf(fleet, 'north')).not.toBe('web:2')
  })

  it('W2: run carries it out; somebody else opens the gate; it ends with the plan', async () => {
    const { fleet, file, run, start } = await setUp()
    writeFileSync(file, `${text}maxErrorBudgetMinutes: 30\n`)
    const running = start('run', file)
    const says = (line: string) =>
      advanceUntil(fleet.clock, line, () => running.out.some((each) => each.endsWith(line)))
    await says('wave pilot: Gate')
    const listed = await run('list')
    expect(listed.out[1]).toMatch(/web 2 +Running +0\/2 +1\/2 +north\/default/)
    const shown = await run('get', 'web 2')
    expect(shown.out.find((line) => line.startsWith('Decided by:'))).toMatch(/@.+\/[0-9a-f-]{36}$/)
    expect(shown.out.find((line) => line.startsWith('1 pilot'))).toMatch(/^1 pilot +Gate/)
    expect(shown.out).toContainEqual(expect.stringMatching(/^Budget: +0 min lost, at most 0 min at risk, of 30 min$/))
    const unreasoned = await run('open-gate', 'web 2', 'pilot')
    expect([unreasoned.code, unreasoned.err]).toEqual([1, ['argosy: web 2: Say why: a reason is kept with the plan.']])
    const opened = await run('open-gate', 'web 2', 'pilot', '--reason', 'it looks good')
    expect([opened.code, opened.out]).toEqual([0, ['web 2: the gate after wave 1 is open']])
    await says('the plan is Completed')
    expect(await ended(fleet, running)).toBe(0)
    expect([imageOf(fleet, 'north'), imageOf(fleet, 'south')]).toEqual(['web:2', 'web:2'])
  })

  it('SR-6: interrupted it waits as it is; run by its name it goes on where it was', async () => {
    const { fleet, file, start, run } = await setUp()
    const first = start('run', file)
    await advanceUntil(fleet.clock, 'under way', () =>
      first.out.some((line) => line.endsWith('north/default/web: AtGate')),
    )
    const other = start('run', 'web 2')
    await advanceUntil(fleet.clock, 'who holds it is said', () => other.err.length > 0)
    expect(other.err[0]).toMatch(
      /^argosy: .+@.+\/[0-9a-f-]{36} holds the plan; once that stops renewing, it is taken over here within 30 s$/,
    )
    other.interrupt()
    expect(await ended(fleet, other)).toBe(1)
    first.interrupt()
    expect(await ended(fleet, first)).toBe(1)
    expect(first.err.at(-1)).toMatch(/^argosy: the plan waits as it is; go on with: argosy plan run 0[0-9A-Z]{25}/)
    const held = await run('hold', 'web 2', '--reason', 'lunch', '--for', '1h')
    expect(held.out).toEqual(['web 2: held'])
    expect((await run('release', 'web 2', '--reason', 'back')).code).toBe(0)
    const second = start('run', 'web 2')
    await advanceUntil(fleet.clock, 'the gate', () => second.out.some((line) => line.endsWith('wave pilot: Gate')))
    await run('end', 'web 2', '--reason', 'enough')
    await advanceUntil(fleet.clock, 'the end', () => second.out.some((line) => line.endsWith('the plan is Aborted')))
    expect(imageOf(fleet, 'south')).not.toBe('web:2')
  })

  it('SR-6: run --ask asks whoever decides; hand-over gives it to who asked, and both go on to the end', async () => {
    const { fleet, file, start, run } = await setUp()
    const first = start('run', file)
    const says = ({ out, err }: CliRun, words: string) =>
      advanceUntil(fleet.clock, words, () => [...out, ...err].some((line) => line.includes(words)))
    await says(first, 'wave pilot: Gate')
    const nobody = await run('hand-over', 'web 2')
    expect([nobody.code, nobody.err]).toEqual([1, ['argosy: web 2: Nobody asks for the lease.']])
    const second = start('run', 'web 2', '--ask', '--reason', 'my shift')
    await says(second, 'it was asked for; whoever decides has five minutes to answer')
    await says(first, 'asks to decide: my shift; argosy plan hand-over 0')
    expect((await run('hand-over', 'web 2', '--keep')).out).toEqual(['web 2: kept, and they are told'])
    await says(second, 'keeps the plan; it is waited for')
    expect((await run('hand-over', 'web 2')).out).toEqual(['web 2: its holder hands over within a few seconds'])
    await says(second, 'another holder decides, epoch 2')
    expect((await run('open-gate', 'web 2', 'pilot', '--reason', 'it looks good')).code).toBe(0)
    expect([await ended(fleet, first), await ended(fleet, second)]).toEqual([0, 0])
    expect(imageOf(fleet, 'south')).toBe('web:2')
  })

  it('create and start: a plan can be kept before it begins, and read back as a file', async () => {
    const { file, run } = await setUp()
    const created = await run('create', file)
    expect(created.out).toEqual([expect.stringMatching(/wrote the plan$/), expect.stringMatching(/^0[0-9A-Z]{25}$/)])
    const id = created.out[1] ?? ''
    expect((await run('get', id.slice(0, 12))).out).toContainEqual(expect.stringMatching(/^State: +Ready, for \ds$/))
    expect((await run('get', 'web 2', '--yaml')).out[0]).toContain('select:\n      contexts:\n        - north\n')
    expect((await run('start', id)).code).toBe(0)
    const again = await run('start', id)
    expect([again.code, again.err]).toEqual([1, ['argosy: web 2: The plan is Running: it was started already.']])
  })

  it('3.4.1: run of a plan that waits for approval says who may approve it and how, and ends', async () => {
    const { file, run, fleet } = await setUp()
    writeFileSync(file, `${text}approvals: {count: 1, by: [bob]}\n`)
    const first = await run('run', file)
    expect(first.code).toBe(1)
    const id = /^plan (\w+)$/.exec(first.out.find((line) => line.startsWith('plan ')) ?? '')?.[1] ?? ''
    expect(first.err).toEqual([
      'argosy: The plan wants 1 more person to approve it.',
      `argosy: 0 of 1 have approved it; bob may: argosy plan approve ${id} --context north --reason <why>`,
      `argosy: then start it: argosy plan run ${id} --context north`,
    ])
    expect(imageOf(fleet, 'north')).not.toBe('web:2')
  })

  it('UI-ACT-2: a start on a protected context takes the name of the plan, of run and of start', async () => {
    const { fleet, file, folder } = await setUp()
    writeFileSync(join(folder, 'clusters.json'), JSON.stringify({ south: { protected: true } }))
    chmodSync(join(folder, 'clusters.json'), 0o600)
    const kubeconfig = join(folder, 'own')
    writeFileSync(kubeconfig, readFileSync(fleet.kubeconfig, 'utf8').replace(/^#.*\n/, ''))
    const argosy = (...more: readonly string[]) =>
      runToEnd(['--kubeconfig', kubeconfig, 'plan', ...more], fleet.clock, folder)
    const shut = 'argosy: south is protected: confirm the start by the name of the plan, web 2 (--confirm <plan>)'
    for (const confirm of [[], ['--confirm', 'south']]) {
      const refused = await argosy('run', file, ...confirm)
      expect([refused.code, refused.err]).toEqual([1, [shut]])
    }
    expect((await argosy('create', file)).code).toBe(0)
    const start = await argosy('start', 'web 2')
    expect([start.code, start.err]).toEqual([1, [shut]])
    expect((await argosy('start', 'web 2', '--confirm', 'web 2')).code).toBe(0)
  })

  it('what is not there is said, with what is', async () => {
    const { file, run } = await setUp()
    await run('create', file)
    expect(await run('get', 'nothing')).toMatchObject({ code: 1, err: ['argosy: there is no plan "nothing" in north'] })
    expect(await run('skip', 'web 2', 'east', '--reason', 'x')).toMatchObject({
      code: 2,
      err: ['argosy: "east" is no member; there are: north/default/web, south/default/web'],
    })
    expect(await run('open-gate', 'web 2', '7', '--reason', 'x')).toMatchObject({
      code: 2,
      err: ['argosy: there is no wave "7"; there are: pilot, rest'],
    })
    await run('create', file)
    expect((await run('get', 'web 2')).err[0]).toMatch(/^argosy: "web 2" is the name of 2 plans: write the id, /)
    expect(await run('check', '/nowhere.yaml')).toMatchObject({ code: 2 })
  })

  it('PC-4: move-home takes the name of the plan and a reason, marks the old copy, and the plan goes on where it is kept now', async () => {
    const { fleet, file, run, start } = await setUp()
    const id = (await run('create', file)).out.at(-1) ?? ''
    const first = start('run', id, '--context', 'north')
    const says = (each: CliRun, words: string) => each.out.some((line) => line.endsWith(words))
    await advanceUntil(fleet.clock, 'the gate', () => says(first, 'wave pilot: Gate'))
    const move = (...more: readonly string[]) => run('move-home', 'web 2', ...more)
    const unsure = await move('--to', 'south/default', '--reason', 'INC-7')
    expect([unsure.code, unsure.err[0]]).toEqual([1, expect.stringContaining('confirm with --confirm "web 2"')])
    const nowhere = await move('--to', 'west/default', '--confirm', 'web 2', '--reason', 'INC-7')
    expect(nowhere.err).toEqual(['argosy: --to west/default: there is no context west in the kubeconfig'])
    const silent = await move('--to', 'south/default', '--confirm', 'web 2')
    expect(silent.err).toEqual(['argosy: Say why: a reason is kept with the plan.'])

    const moved = await move('--to', 'south/default', '--confirm', 'web 2', '--reason', 'INC-7')
    expect([moved.code, moved.err]).toEqual([0, []])
    expect(moved.out[0]).toBe(
      `web 2: kept in south/default now, epoch 1001; go on with: argosy plan run ${id} --context south`,
    )
    // Who decided at the old home is done with it.
    expect(await ended(fleet, first)).toBe(1)
    const again = await move('--to', 'south/default', '--confirm', 'web 2', '--reason', 'once more')
    expect(again.err[0]).toContain('keeps a plan of that id already')
    const list = await run('list', '--all-contexts')
    expect(list.out.filter((line) => line.includes('web 2'))).toHaveLength(2)

    const second = start('run', id, '--all-contexts')
    await advanceUntil(fleet.clock, 'its members are told', () =>
      says(second, 'nobody decides at the old home any more'),
    )
    expect(fleet.rollout('south', 'web')?.metadata.annotations?.['argosy.dev/epoch']).toBe('1001')
    await run('open-gate', 'web 2', 'pilot', '--all-contexts', '--reason', 'fine')
    expect(await ended(fleet, second)).toBe(0)
    expect(imageOf(fleet, 'south')).toBe('web:2')
    const over = await move('--to', 'north/default', '--confirm', 'web 2', '--reason', 'and back')
    expect(over.err[0]).toContain('is Completed')
  }, 60_000)
})
