import { describe, expect, it } from 'vitest'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, type CliFleet } from '#test/support/cli-fleet.ts'
import { runCli, runToEnd } from '#test/support/run-cli.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'

const canary = aRollout({
  image: 'registry.test/web:1.0.0',
  replicas: 2,
  steps: [setWeight(50), pause(300), setWeight(75)],
})

/** A canary that an engine has brought to its pause of five minutes; the engine has stopped since. */
async function atPause(): Promise<{
  readonly fleet: CliFleet
  readonly run: (...args: string[]) => ReturnType<typeof runCli>
}> {
  const fleet = await aCliFleet('north', 'south')
  const { kubeconfig, clock } = fleet
  const driven = anEngineOn(kubeconfig, 'north', clock)
  const reaches = (phase: string) =>
    advanceUntil(clock, phase, () => {
      const { status, metadata } = fleet.rollout('north', 'web') ?? {}
      return status?.observedGeneration === String(metadata?.generation) && status?.phase === phase
    })
  fleet.place('north', canary)
  await reaches('Healthy')
  const image = ['set-image', 'web', 'web=registry.test/web:2.0.0', '--wait', '0', '--kubeconfig', kubeconfig]
  expect(await runToEnd(image, clock)).toMatchObject({ code: 0 })
  await reaches('Paused')
  await driven.stop()
  return { fleet, run: (...args) => runCli([...args, '--kubeconfig', kubeconfig], clock) }
}

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`
const like = (pattern: string) => expect.stringMatching(new RegExp(`^${pattern}$`))

describe('argosy preview', () => {
  it('W13, W15: tells the end, the time line and the next writes with their rules, and changes nothing', async () => {
    const { fleet, run } = await atPause()
    const before = fleet.rollout('north', 'web')
    const { out, code, err } = await run('preview', 'web')
    expect({ code, err }).toEqual({ code: 0, err: [] })
    const titles = out.findIndex((line) => line.startsWith('AT '))
    expect(out.slice(0, titles)).toEqual([
      like('Name: +default/web'),
      like(String.raw`Forecast: +done at ${time} \(in \w+\), at least`),
      like(String.raw`Made from: +pauses, and pods that start in \d+s`),
      like(String.raw`So far: +working \d+s, paused \d+s, waiting for people 0s`),
      like(String.raw`If promoted: +done at ${time} \(in \d+s\)`),
      like(String.raw`If fully: +done at ${time} \(in \d+s\)`),
      '',
      like('FROM +TAKES +WHAT'),
      like(String.raw`${time} +\w+ +step 2 of 3: pause: 300`),
      like(String.raw`${time} +\d+s +step 3 of 3: setWeight: 75`),
      '',
    ])
    expect(out[titles]).toMatch(/^AT +RULE +NEXT WRITE$/)
    expect(out.slice(titles + 1)).toContainEqual(
      like(String.raw`${time} +[A-Z]+-\d+ +Scale up ReplicaSet web-\w+ \(revision 2\) from 1 to 2`),
    )
    expect(fleet.rollout('north', 'web')).toEqual(before)
  })

  it('has it for programs too, one object or a list', async () => {
    const { run } = await atPause()
    const one = JSON.parse((await run('preview', 'web', '-o', 'json')).out.join('\n')) as Record<string, unknown>
    expect(one).toMatchObject({
      context: 'north',
      namespace: 'default',
      name: 'web',
      forecast: {
        state: 'foreseen',
        stages: [
          { kind: 'pause', step: 1 },
          { kind: 'pods', step: 2 },
        ],
        end: { how: 'healthy' },
      },
    })
    const both = await run('preview', 'web', '--all-contexts', '-o', 'json')
    expect(JSON.parse(both.out.join('\n'))).toMatchObject([{ context: 'north' }])
    expect(both).toMatchObject({ code: 1, err: [expect.stringMatching(/^south: .*not found/)] })
  })
})

describe('the forecast elsewhere', () => {
  it('is a line of the tree while an update is under way', async () => {
    const { fleet, run } = await atPause()
    expect((await run('get', 'web')).out).toContainEqual(
      like(String.raw`Forecast: +done at ${time} \(in \w+\), at least`),
    )
    fleet.place('south', canary, { phase: 'Healthy' })
    expect((await run('get', 'web', '--context', 'south')).out.join('\n')).not.toContain('Forecast:')
  })

  it('comes before the status when it is asked for', async () => {
    const { run } = await atPause()
    expect((await run('status', 'web', '--watch=false')).out).toEqual(['Paused - CanaryPauseStep'])
    expect((await run('status', 'web', '--watch=false', '--forecast')).out).toEqual([
      like(String.raw`Forecast: done at ${time} \(in \w+\), at least`),
      'Paused - CanaryPauseStep',
    ])
  })

  it('of an action is told with its requests', async () => {
    const { run } = await atPause()
    const { out } = await run('promote', 'web', '--dry-run')
    expect(out.at(-1)).toMatch(new RegExp(`^# Forecast: done at ${time} \\(in \\d+s\\), at least$`))
    expect((await run('abort', 'web', '--dry-run')).out.at(-1)).toMatch(/^# Forecast: aborted; its pods stop until /)
  })
})
