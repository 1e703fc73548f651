import { expect, it } from "vitest";
import { howMany, origins } from "./fault-groups.tsx";

const file = (job_id: string, file_name: string) => ({ job_id, file_name, faults: 1 });
const posts = { job_id: null, file_name: null, faults: 1 };

it("counts rows of files and messages by what they are", () => {
  expect(howMany(1200, [file("a", "a.csv")])).toBe("1,200 rows");
  expect(howMany(1, [posts])).toBe("1 message");
  expect(howMany(3, [file("a", "a.csv"), posts])).toBe("3 rows and messages");
});

it("names one file, and counts more", () => {
  expect(origins([file("a", "nightly.csv")])).toBe("nightly.csv");
  expect(origins([posts])).toBe("messages sent one by one");
  expect(origins([file("a", "a.csv"), file("b", "b.csv"), posts])).toBe("2 files, and messages sent one by one");
  expect(origins([file("a", "a.csv"), file("b", "b.csv"), posts], 1998)).toBe(
    "2,000 files, and messages sent one by one",
  );
});
