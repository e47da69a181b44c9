import type pg from 'pg'

/** Claims a second of the smallest queue that SQL can have: `waiting` rows of which `due` are due, taken by so many connections. */
export async function measureBare(pool: pg.Pool, waiting: number, due: number, connections: number): Promise<number> {
  await pool.query('create table bare_queue (id bigint primary key, due timestamptz)')
  await pool.query(
    `insert into bare_queue select n, case when n <= $2 then now() else now() + random() * interval '30 days' end
     from generate_series(1, $1) n`,
    [waiting, due]
  )
  await pool.query('create index on bare_queue (due)')
  await pool.query('vacuum analyze bare_queue')
  const from = performance.now()
  let taken = 0
  const take = async () => {
    for (;;) {
      const { rowCount } = await pool.query({
        name: 'bare',
        text: `update bare_queue set due = 'infinity' where id = (
          select id from bare_queue where due <= now() order by due for update skip locked limit 1) returning id`
      })
      if (!rowCount) return
      taken++
    }
  }
  await Promise.all(Array.from({ length: connections }, take))
  const rate = taken / ((performance.now() - from) / 1000)
  await pool.query('drop table bare_queue')
  return rate
}
