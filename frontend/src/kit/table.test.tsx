import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { DataTable } from "./table.tsx";

type Row = { id: string; name: string; days: number };
const rows: Row[] = [
  { id: "a", name: "Gynaecology", days: 13 },
  { id: "b", name: "Urology", days: 25 },
];
const columns = [
  { key: "name", heading: "Specialty", rowHeading: true, cell: (row: Row) => row.name },
  { key: "days", heading: "Days", align: "right" as const, sort: "age", cell: (row: Row) => row.days },
];

function Selecting({ onChange }: { onChange: (keys: string[]) => void }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <DataTable
      caption="Episodes"
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      selection={{
        selected,
        onChange: (next) => {
          setSelected(next);
          onChange([...next]);
        },
        labelOf: (key) => rows.find((row) => row.id === key)?.name ?? key,
      }}
    />
  );
}

it("names itself, its columns and its rows", () => {
  render(<DataTable caption="Episodes" columns={columns} rows={rows} keyOf={(row) => row.id} />);
  const table = screen.getByRole("table", { name: "Episodes" });
  expect(within(table).getByRole("columnheader", { name: "Specialty" })).toBeInTheDocument();
  expect(within(table).getByRole("rowheader", { name: "Urology" })).toBeInTheDocument();
});

it("asks the server to sort, up then down, and says which way it is", async () => {
  const onSort = vi.fn();
  const sorted = (by: string | undefined) => (
    <DataTable caption="Episodes" columns={columns} rows={rows} keyOf={(row) => row.id} sorting={{ by, onSort }} />
  );
  const { rerender } = render(sorted(undefined));
  await userEvent.click(screen.getByRole("button", { name: "Days" }));
  expect(onSort).toHaveBeenLastCalledWith("age");
  rerender(sorted("age"));
  expect(screen.getByRole("columnheader", { name: "Days" })).toHaveAttribute("aria-sort", "ascending");
  await userEvent.click(screen.getByRole("button", { name: "Days" }));
  expect(onSort).toHaveBeenLastCalledWith("-age");
});

it("selects one, all and none, by keyboard", async () => {
  const onChange = vi.fn();
  render(<Selecting onChange={onChange} />);
  await userEvent.tab();
  await userEvent.tab();
  expect(screen.getByRole("checkbox", { name: "Select Gynaecology" })).toHaveFocus();
  await userEvent.keyboard(" ");
  expect(onChange).toHaveBeenLastCalledWith(["a"]);
  expect(screen.getByRole("checkbox", { name: "Select all shown" })).toBePartiallyChecked();
  await userEvent.click(screen.getByRole("checkbox", { name: "Select all shown" }));
  expect(onChange).toHaveBeenLastCalledWith(["a", "b"]);
  await userEvent.click(screen.getByRole("checkbox", { name: "Select none" }));
  expect(onChange).toHaveBeenLastCalledWith([]);
});
