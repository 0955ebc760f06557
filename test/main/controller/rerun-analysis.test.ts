import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { anActionStage } from '#test/support/action-stage.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'

const rerun = { parameters: { run: 'web-v2-2-1' } }

it('UI-ACT-5: an analysis is begun once more as it was shown, and as an object of its own', async () => {
  const { api, request } = anActionStage()
  api.put(resources.analysisRuns, anAnalysisRun({}, { metadata: { ownerReferences: [owner] } }))
  const shown = await previewAction(request('rerunAnalysis', rerun))
  const [write] = shown.open ? shown.writes : []
  expect(write).toMatchObject({ method: 'POST', path: expect.stringMatching(/\/namespaces\/shop\/analysisruns\?/) })
  const sent = await sendAction(request('rerunAnalysis', rerun))
  expect(sent).toMatchObject({ ok: true, value: { message: 'AnalysisRun web-v2-2-1-rerun-1 is begun' } })
  const made = api.read(resources.analysisRuns, { namespace: 'shop', name: 'web-v2-2-1-rerun-1' })
  const { spec, metadata } = JSON.parse(write?.body ?? '{}')
  expect(made).toMatchObject({ spec, metadata })
  expect(spec.dryRun).toEqual([{ metricName: '.*' }])
})

const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }
