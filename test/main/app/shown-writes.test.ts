import { describe, expect, it } from 'vitest'
import type { WriteView } from '#contract/views.ts'
import { shownSteps, shownWrite } from '#main/app/shown-writes.ts'
import { printsWith } from '#main/history/secret-prints.ts'

const prints = printsWith({ file: 'file key', session: 'session key' })
const writeOf = (body: string): WriteView => ({
  method: 'PATCH',
  path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web',
  contentType: 'application/json-patch+json',
  body,
  kubectl: `kubectl patch rollout web -p '${body}'`,
  because: 'ACT-40',
  summary: 'Go back to revision 1',
})
const undo = writeOf(
  JSON.stringify([
    {
      op: 'replace',
      path: '/spec/template',
      value: { spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }] } },
    },
  ]),
)

describe('UI-DIFF-3: a request in the window', () => {
  it('has a print where a secret is sent, which is not the stored one, and no command that would write it', () => {
    const shown = shownWrite(undo, prints)
    const print = prints.shown(prints.stored('DB_PASSWORD', 'hunter2'))
    expect(shown.body).toBe(undo.body.replace('hunter2', `[secret ${print}]`))
    expect(shown.kubectl).toBe('# Go back to revision 1: it holds secrets, which are not copied.')
    expect(shownSteps({ steps: [{ summary: '', state: 'next', write: undo, progress: undefined }] }, prints)).toEqual({
      steps: [{ summary: '', state: 'next', write: shown, progress: undefined }],
    })
  })

  it('UI-ACT-5: is byte for byte what is sent where there is none', () => {
    const plain = writeOf('{"spec": {"paused":true}}')
    expect(shownWrite(plain, prints)).toBe(plain)
    const gone = writeOf('')
    expect(shownWrite(gone, prints)).toBe(gone)
  })
})
