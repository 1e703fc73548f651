// What comes in from the PAS: files on their way, messages that could not be taken, how files are read.
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { Tabs } from "@/kit/tabs.tsx";
import { Faults } from "./faults.tsx";
import { Jobs } from "./jobs.tsx";
import { SendFile } from "./send-file.tsx";
import { Sources } from "./sources.tsx";
import "./intake.scss";

const route = getRouteApi("/signed-in/intake");

export default function IntakePage() {
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [sending, setSending] = useState(false);
  const manages = may("intake:manage");
  useShortcut({
    keys: "Alt+A",
    label: "Send a file",
    group: "Intake",
    enabled: manages,
    onPress: () => setSending(true),
  });
  return (
    <div className="cw-page">
      <PageHead
        title="Intake"
        sub="Finished consultant episodes from the PAS, as messages and as files"
        actions={
          manages ? (
            <Button look="primary" keys="Alt+A" onClick={() => setSending(true)}>
              Send a file
            </Button>
          ) : undefined
        }
      />
      <Tabs
        label="Intake"
        open={search.tab ?? "jobs"}
        onOpen={(tab) => navigate({ search: tab === "jobs" ? {} : { tab: tab as "faults" | "sources" } })}
        tabs={[
          { key: "jobs", label: "Files", panel: <Jobs onSend={manages ? () => setSending(true) : undefined} /> },
          {
            key: "faults",
            label: "Not taken in",
            panel: <Faults state={search.state} kind={search.kind} from={search.from} />,
          },
          { key: "sources", label: "Column mappings", panel: <Sources /> },
        ]}
      />
      {sending ? <SendFile onClose={() => setSending(false)} /> : null}
    </div>
  );
}
