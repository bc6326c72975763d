// Five tasks with the generated TypeScript client: node compiled/tasks.js PORTAL TOKEN

import { Configuration, DisbursementsApi, SummaryApi } from "./typescript";
import type { Disbursement, DisbursementRequest } from "./typescript";

declare const process: { argv: string[]; exitCode: number };

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`);
  console.log(`typescript: ${what}: ${found}`);
}

async function main(basePath: string, token: string): Promise<void> {
  const portal = new Configuration({ basePath, apiKey: `Token ${token}` });
  const ledger = new DisbursementsApi(portal);
  const asked = { fiscalYear: ["2023"], dateFrom: new Date("2023-04-01"), pageSize: 5 };

  const page = await ledger.disbursementsList(asked);
  const row: Disbursement = page.results[0];
  same("a list, its rows", page.results.length, 5);
  same("one of them by its id", (await ledger.disbursementsRetrieve({ id: row.id })).id, row.id);

  const summary = await new SummaryApi(portal).summaryRetrieve({ fiscalYear: "2023", by: ["program"] });
  const sum = summary.rows.reduce((total, each) => total + each.disbursed, 0);
  same("a summary, its total", sum, summary.total.disbursed);

  const body = (number: string): DisbursementRequest => ({
    date: new Date("2023-04-05"), amount: 1_500_000, voucherNo: number,
    activity: row.activity, commune: row.commune,
  });
  const once = { idempotencyKey: `ts-${Date.now()}`, disbursementRequest: body("TS-0") };
  const made = await ledger.disbursementsCreate(once);
  same("created once", (await ledger.disbursementsCreate(once)).id, made.id);

  const many = await ledger.disbursementsBulkCreate({
    disbursementRowsRequest: { rows: ["TS-1", "TS-2", "TS-3"].map(body) },
  });
  same("many at once", many.count, 3);

  const ids = new Set<number>();
  let last = page;
  for (let number = 1; last.next || number === 1; number += 1) {
    last = await ledger.disbursementsList({ ...asked, page: number });
    last.results.forEach((each) => ids.add(each.id));
  }
  same("every page, its records", ids.size, last.count);
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
