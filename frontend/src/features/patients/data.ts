import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client.ts";

/** An identifier goes in the body of a POST and is kept nowhere: not in the address, not in the cache. */
export function findPatients(by: { nhs_number: string } | { local_patient_id: string }) {
  return answer(api.POST("/api/v1/patients/search", { body: by }));
}

export function patientQuery(patientId: string) {
  return queryOptions({
    queryKey: ["see_patient", patientId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/patients/{patient_id}", { params: { path: { patient_id: patientId } }, signal })),
    // Each opening is a line of the trail; it is not asked again behind the person's back.
    staleTime: 5 * 60_000,
    gcTime: 60_000,
  });
}

/** Shows who it is. The server writes down that it was seen, and by whom. */
export function identifyPatient(patientId: string) {
  return answer(api.POST("/api/v1/patients/{patient_id}/reveal", { params: { path: { patient_id: patientId } } }));
}
