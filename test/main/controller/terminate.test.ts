import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { readTermination, sendTermination } from '#main/controller/terminate.ts'
import { anActionStage, disturb } from '#test/support/action-stage.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { anExperiment, aRun } from '#test/support/builders/experiment.ts'
import type { FakeRequest } from '#test/support/fake-api.ts'

const running = anAnalysisRun({}, { status: { phase: 'Running' } })
const at = { namespace: 'shop', name: running.metadata.name }
const owner = running.metadata.ownerReferences ?? []
const isPatch = ({ verb, resource }: FakeRequest) => verb === 'patch' && resource.startsWith('analysisruns')

function aStage() {
  const stage = anActionStage()
  const { api } = stage
  const stored = api.put(resources.analysisRuns, running)
  const cluster = { context: 'harbor-1', client: api.client() }
  return { ...stage, stored, request: stage.request, own: { cluster, action: 'terminateAnalysis', ...at } as const }
}

describe('an analysis of a rollout', () => {
  it('ACT-142, UI-ACT-5: is asked to end as it was shown', async () => {
    const { api, request, stored } = aStage()
    const wish = request('terminateAnalysis', { parameters: { run: at.name } })
    const shown = await previewAction(wish)
    const [write] = shown.open ? shown.writes : []
    expect(write).toMatchObject({
      method: 'PATCH',
      path: '/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/web-v2-2-1?fieldManager=argosy',
      body: `{"spec":{"terminate":true},"metadata":{"uid":"${stored.metadata.uid}","resourceVersion":"${stored.metadata.resourceVersion}"}}`,
    })
    const sent = await sendAction(wish)
    expect(sent).toMatchObject({ ok: true, value: { message: "analysisRun 'web-v2-2-1' terminated" } })
    expect(api.read(resources.analysisRuns, at)).toMatchObject({ spec: { terminate: true } })
    expect(api.writes.map(({ body }) => JSON.stringify(body))).toEqual([write?.body])
  })

  it('ACT-14: asks for no list, and for the Experiment only where the run is of one', async () => {
    const { api, request } = aStage()
    const asked = () => api.requests.splice(0).map(({ verb, resource }) => `${verb} ${resource}`)
    await previewAction(request('terminateAnalysis', { parameters: { run: at.name } }))
    expect(asked()).toEqual(['get rollouts.argoproj.io', 'get analysisruns.argoproj.io'])
    api.put(resources.experiments, anExperiment({ metadata: { ownerReferences: owner } }))
    api.put(resources.analysisRuns, aRun('try-rate', 'Running'))
    const shown = await previewAction(request('terminateAnalysis', { parameters: { run: 'try-rate' } }))
    expect(shown).toMatchObject({ open: true, warnings: ['Experiment try counts it as passed'] })
    expect(asked()).toEqual(['get rollouts.argoproj.io', 'get analysisruns.argoproj.io', 'get experiments.argoproj.io'])
  })
})

describe('whatever has this name', () => {
  it('ACT-11: what has changed since is decided anew, five times at most', async () => {
    const { api, own } = aStage()
    const measuredMeanwhile = () => {
      api.put(resources.analysisRuns, anAnalysisRun({}, { status: { phase: 'Running', message: 'goes on' } }))
      return undefined
    }
    disturb(api, isPatch, measuredMeanwhile)
    expect(await sendTermination(own)).toMatchObject({ ok: true })
    expect(api.requests.filter(isPatch)).toHaveLength(2)
    api.put(resources.analysisRuns, running)
    api.requests.length = 0
    disturb(api, isPatch, measuredMeanwhile, 9)
    const given = await sendTermination(own)
    expect(!given.ok && given.error.kind === 'failed' && failureText(given.error.failure)).toMatch(/./)
    expect(api.requests.filter(isPatch)).toHaveLength(5)
  })

  it('ACT-12: one that ended, or was made anew, meanwhile is left alone', async () => {
    const { api, own } = aStage()
    disturb(api, isPatch, () => {
      api.put(resources.analysisRuns, anAnalysisRun({}, { status: { phase: 'Failed' } }))
      return undefined
    })
    expect(await sendTermination(own)).toMatchObject({ ok: false, error: { kind: 'notOpen' } })
    api.put(resources.analysisRuns, running)
    disturb(api, isPatch, () => {
      api.remove(resources.analysisRuns, at)
      api.put(resources.analysisRuns, { ...running, metadata: { ...running.metadata, uid: 'another' } })
      return undefined
    })
    expect(await sendTermination(own)).toEqual({
      ok: false,
      error: { kind: 'movedOn', changed: ['deleted and created anew'] },
    })
    api.remove(resources.analysisRuns, at)
    expect(await sendTermination(own)).toEqual({ ok: false, error: { kind: 'unknownTarget' } })
  })

  it('ACT-15: is filed under its rollout, else under itself', async () => {
    const { api, own } = aStage()
    const filed = async () => {
      const read = await readTermination(own)
      return read.ok ? read.value.about : undefined
    }
    expect(await filed()).toEqual({ key: 'harbor-1/shop/web', uid: 'uid-web' })
    api.remove(resources.analysisRuns, at)
    api.put(resources.analysisRuns, { ...running, metadata: { ...at, uid: 'uid-alone' } })
    expect(await filed()).toEqual({ key: 'harbor-1/shop/web-v2-2-1', uid: 'uid-alone' })
  })
})
