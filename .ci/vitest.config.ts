import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { mutationPlugin } from '../test/sim/mutation-plugin.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  test: {
    reporters: ['default', './.ci/plain-summary.ts'],
    projects: [
      {
        root,
        test: {
          name: 'engine',
          include: ['test/main/{engine,api,lib}/**/*.test.ts'],
          setupFiles: ['test/support/no-ambient-time.ts'],
          testTimeout: 30_000,
        },
      },
      {
        root,
        plugins: mutationPlugin(),
        test: {
          name: 'main',
          include: ['test/{main,preload,contract,conformance,sim,architecture}/**/*.test.ts'],
          exclude: ['test/main/{engine,api,lib}/**'],
          testTimeout: 20_000,
        },
      },
      {
        root,
        // Those of the main project that also hold on a real API server; run by .ci/test-cluster.ts alone.
        test: {
          name: 'cluster',
          include:
            process.env['ARGOSY_TEST_KUBECONFIG'] === undefined ? [] : ['test/conformance/{api,rollout}/**/*.test.ts'],
          testTimeout: 180_000,
        },
      },
      {
        root,
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          testTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
