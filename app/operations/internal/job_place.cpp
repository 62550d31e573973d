#include "app/operations/internal/job_place.h"

#include "app/operations/internal/accept_jobs.h"

namespace fantascope {

Result<void> check_project(Studio& studio, const GenerateRequest& request) {
  if (!request.project) return {};
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  if (database == nullptr)
    return Error{
        ErrorCode::kNotFound, "there is no project yet", "project", *request.project, "", "Make it with fantascope project create"};
  FANTASCOPE_TRY(const Project project, ProjectStore(*database).find_by_name(*request.project));
  return {};
}

Result<std::optional<ShotId>> place_jobs(Database& database, const GenerateRequest& request, const PlannedGeneration& plan,
                                         std::span<const NewJob> jobs) {
  const ProjectStore projects(database);
  ShotStore shots(database);
  std::vector<JobId> ids;
  for (const NewJob& job : jobs) ids.push_back(job.job_id);
  if (!request.project) {
    if (!plan.parent) return std::optional<ShotId>{};
    FANTASCOPE_TRY(const auto place, projects.place_of(plan.parent->take_id));
    const auto& [shot_id, project_id] = place;
    if (const auto shot = ShotId::parse(shot_id); shot && !project_id.empty()) FANTASCOPE_TRY_VOID(shots.attach_jobs(*shot, ids));
    return std::optional<ShotId>{};
  }
  FANTASCOPE_TRY(const Project project, projects.find_by_name(*request.project));
  Shot shot;
  shot.shot_id = ShotId::random();
  shot.name = shot_name(plan.recipe.prompt);
  shot.prompt = plan.recipe.prompt;
  shot.project_id = project.project_id.text();
  FANTASCOPE_TRY_VOID(shots.put(shot));
  FANTASCOPE_TRY_VOID(shots.attach_jobs(shot.shot_id, ids));
  return std::optional<ShotId>{shot.shot_id};
}

Result<std::vector<Job>> accept_placed(Studio& studio, JobQueue& queue, Database& database, const GenerateRequest& request,
                                       const PlannedGeneration& plan, std::span<const NewJob> jobs, AcceptFor who) {
  const auto shot = place_jobs(database, request, plan, jobs);
  if (!shot) {
    for (const NewJob& job : jobs) remove_work(studio, job.job_id);
    return shot.error();
  }
  auto accepted = accept_jobs(studio, queue, jobs, who);
  if (!accepted && *shot) (void)ShotStore(database).remove(**shot);
  return accepted;
}

}  // namespace fantascope
