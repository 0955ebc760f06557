import { describe, expect, it } from 'vitest'
import type { Measurement } from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { plugin, pluginsNotListed } from '#main/metrics/plugin/plugin.ts'
import type { Program } from '#main/metrics/plugin/program.ts'
import { aMeasureContext, aMetric, measuring, runUid, someSettings } from '#test/support/measuring.ts'

const program: Program = { path: '/opt/argosy/shop-metrics', sha256: 'a'.repeat(64) }
const plugins = { 'acme/shop': program }
const ofPlugin = (name = 'acme/shop') => aMetric({ plugin: { [name]: { query: 'orders' } } }, { interval: '1m' })
const at = '2026-01-15T10:00:00Z'

async function made(output: Outcome<string, string> | object) {
  const asked: { program: Program; request: unknown }[] = []
  const runProgram = async (given: Program, input: string): Promise<Outcome<string, string>> => {
    asked.push({ program: given, request: JSON.parse(input) })
    return 'ok' in output ? output : success(JSON.stringify(output))
  }
  const context = aMeasureContext({ settings: { ...someSettings(), plugins }, runProgram })
  return { asked, measuring: await measuring(plugin, ofPlugin(), context) }
}

describe('a plugin that a program stands for', () => {
  it('PRV-1301, PRV-1303: is asked with the metric and the run, and answers with the measurement', async () => {
    const { asked, measuring: made_ } = await made({ phase: 'Successful', value: '42' })
    expect(await made_.run()).toEqual({ phase: 'Successful', value: '42', startedAt: at, finishedAt: at })
    expect(asked).toEqual([
      {
        program,
        request: {
          version: 1,
          operation: 'run',
          plugin: 'acme/shop',
          metric: { name: 'smoke', interval: '1m', provider: { plugin: { 'acme/shop': { query: 'orders' } } } },
          run: { namespace: 'prod', name: 'web-2', uid: runUid },
        },
      },
    ])
  })

  it('PRV-1303: is resumed and terminated with the measurement as it is', async () => {
    const running: Measurement = { phase: 'Running', startedAt: '2026-01-15T09:00:00Z', metadata: { id: '7' } }
    const { asked, measuring: made_ } = await made({ phase: 'Inconclusive' })
    const ended = { ...running, phase: 'Inconclusive', finishedAt: at }
    expect(await made_.resume(running)).toEqual(ended)
    expect(await made_.terminate(running)).toEqual(ended)
    expect(asked.map(({ request }) => request)).toMatchObject([
      { operation: 'resume', measurement: running },
      { operation: 'terminate', measurement: running },
    ])
    expect(await made_.garbageCollect(3)).toEqual(success(undefined))
    expect(made_.metadata).toEqual({})
  })

  it.each(['run', 'resume', 'terminate'] as const)('PRV-1303: an error of %s has its prefix', async (operation) => {
    const running: Measurement = { phase: 'Running', startedAt: at }
    const measured = async (output: Parameters<typeof made>[0]) => {
      const { measuring: made_ } = await made(output)
      return operation === 'run' ? made_.run() : made_[operation](running)
    }
    const error = { phase: 'Error', startedAt: at, finishedAt: at }
    const Operation = `${operation.slice(0, 1).toUpperCase()}${operation.slice(1)}`
    expect(await measured({ phase: 'Error', message: 'no orders' })).toEqual({
      ...error,
      message: `failed to ${operation} via plugin: no orders`,
    })
    expect(await measured(failure('it exited with 3'))).toEqual({
      ...error,
      message: `${Operation} rpc call error: it exited with 3`,
    })
    expect(await measured(success('s3cr3t'))).toEqual({
      ...error,
      message: `${Operation} rpc call error: it did not print a measurement: invalid character 's' looking for beginning of value`,
    })
  })
})

describe('a plugin that nothing stands for', () => {
  const prefix = 'failed to create plugin: unable to get metric plugin: unable to start plugin system:'
  const runProgram = () => Promise.reject(new Error('was run'))

  it.each(['argoproj-labs/sample-prometheus', 'toString'])(
    'PRV-1304, PRV-1305: %s cannot be made, and says what to do',
    async (name) => {
      const context = aMeasureContext({ settings: { ...someSettings(), plugins }, runProgram })
      expect(await plugin(ofPlugin(name), context)).toEqual(
        failure(
          `${prefix} unable to find plugin (${name}): no program for plugin ${name} is listed in the settings of this cluster. Argosy cannot run plugins of Argo Rollouts: list a program of your own, or leave this rollout to the controller in the cluster`,
        ),
      )
    },
  )

  it('PRV-1304: neither can one without a name, nor where programs are not run', async () => {
    const settings = { ...someSettings(), plugins }
    expect(await plugin(aMetric({ plugin: {} }), aMeasureContext({ settings }))).toEqual(
      failure(`${prefix} no plugin found`),
    )
    expect(await plugin(ofPlugin(), aMeasureContext({ settings }))).toMatchObject({ ok: false })
  })

  it('PRV-1305: is known before anything is taken over', () => {
    const metrics = [ofPlugin(), ofPlugin('other/one'), aMetric({ job: {} }), aMetric({ plugin: 'odd' })]
    expect(pluginsNotListed(metrics, { ...someSettings(), plugins })).toEqual(['other/one'])
    expect(pluginsNotListed(metrics, someSettings())).toEqual(['acme/shop', 'other/one'])
  })
})
