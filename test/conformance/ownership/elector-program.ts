import { readFileSync } from 'node:fs'
import { hashText } from '#main/sandbox/seeded.ts'
import type { GoProgram } from '#test/testbed/build-program.ts'

const source = readFileSync(new URL('elector/main.go', import.meta.url), 'utf8')
/** Another source is another program, built anew. */
const module = `argosy.test/elector-${hashText(source).toString(16)}`

/** What stands for the in-cluster controller: client-go as published, around a few lines of ours. */
export const electorProgram: GoProgram = {
  path: module,
  module: 'k8s.io/client-go',
  version: 'v0.36.3',
  standIns: [{ module, files: { 'go.mod': [`module ${module}`, 'go 1.26'], 'main.go': source.split('\n') } }],
}
