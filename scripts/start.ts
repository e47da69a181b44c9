import { buildDashboard } from './build-dashboard.ts'

/** What `npm start` runs: the dashboard's files, when they are not there yet or are of other sources, then the system. */
await buildDashboard()
await import('../packages/server/src/main.ts')
