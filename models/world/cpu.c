/* CPUs of replicas: ideal processor sharing, or first come first served on a whole number of cores.
 *
 * Processor sharing keeps virtual time: the CPU time that each running job has had. With n jobs on
 * c cores it moves at min(1, c/n) of the clock, so a job that comes at virtual time v with work w
 * is done when virtual time reaches v + w, however many come and go meanwhile: a heap by that time,
 * and one event for its top. */
#include <glib.h>
#include <math.h>

#include "models/world/internal.h"

static Cpu *cpu_of(World *world, uint32_t replica)
{
    return world->replicas[replica].cpu;
}

static double busy_cores(const Cpu *cpu)
{
    if (cpu->scheduling == CPU_FIFO)
        return cpu->speed > 0 ? cpu->busy : 0;
    if (cpu->speed <= 0)
        return 0;
    return cpu->count < cpu->cores ? cpu->count : cpu->cores;
}

/* How fast virtual time moves. */
static double rate(const Cpu *cpu)
{
    return (cpu->count <= cpu->cores ? 1.0 : cpu->cores / cpu->count) * cpu->speed;
}

/* Brings virtual time up to now, and reports what was used since the last time. */
static void advance(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    SimTime now = world_now(world);
    if (now == cpu->updated)
        return;
    double busy = busy_cores(cpu);
    if (busy > 0) {
        CpuRecord record = {.service = world->replicas[replica].service,
                            .busy_cores = busy,
                            .since = cpu->updated,
                            .until = now};
        world->observer.cpu_used(world->observer.context, &record);
    }
    if (cpu->count > 0)
        cpu->virtual_time += (double)(now - cpu->updated) * rate(cpu);
    cpu->updated = now;
}

void cpu_report(World *world, uint32_t replica)
{
    advance(world, replica);
}

/* --- processor sharing */

static bool job_is_before(const CpuJob *a, const CpuJob *b)
{
    return a->finish < b->finish || (a->finish <= b->finish && a->sequence < b->sequence);
}

static void sift_up(Cpu *cpu, uint32_t hole, CpuJob job)
{
    while (hole > 0 && job_is_before(&job, &cpu->jobs[(hole - 1) / 2])) {
        cpu->jobs[hole] = cpu->jobs[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    cpu->jobs[hole] = job;
}

static void sift_down(Cpu *cpu, uint32_t hole, CpuJob job)
{
    for (;;) {
        uint32_t child = hole * 2 + 1;
        if (child >= cpu->count)
            break;
        if (child + 1 < cpu->count && job_is_before(&cpu->jobs[child + 1], &cpu->jobs[child]))
            child++;
        if (!job_is_before(&cpu->jobs[child], &job))
            break;
        cpu->jobs[hole] = cpu->jobs[child];
        hole = child;
    }
    cpu->jobs[hole] = job;
}

static void remove_job(Cpu *cpu, uint32_t index)
{
    CpuJob last = cpu->jobs[--cpu->count];
    if (index == cpu->count)
        return;
    if (index > 0 && job_is_before(&last, &cpu->jobs[(index - 1) / 2]))
        sift_up(cpu, index, last);
    else
        sift_down(cpu, index, last);
}

/* The event of the job that ends first. A later end leaves an earlier event where it is: it comes
 * up, finds nothing done, and is set again. */
static void schedule(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    if (cpu->count == 0 || cpu->speed <= 0) {
        cpu->event = 0;
        cpu->virtual_time = cpu->count == 0 ? 0 : cpu->virtual_time;
        return;
    }
    double left = ceil((cpu->jobs[0].finish - cpu->virtual_time) / rate(cpu));
    SimTime due = world_now(world) + sim_time_from_ns(left);
    if (cpu->event != 0 && cpu->due <= due)
        return;
    cpu->due = due;
    cpu->event = engine_schedule(&world->engine, due, EVENT_COMPLETION, EVENT_CPU, replica);
}

static void share_add(World *world, const Frame *frame, SimTime work)
{
    Cpu *cpu = cpu_of(world, frame->replica);
    if (cpu->count == cpu->room) {
        cpu->room = cpu->room == 0 ? 8 : cpu->room * 2;
        cpu->jobs = g_renew(CpuJob, cpu->jobs, cpu->room);
    }
    CpuJob job = {.finish = cpu->virtual_time + (double)work,
                  .sequence = ++cpu->sequence,
                  .frame = {frame->self, frame->serial}};
    sift_up(cpu, cpu->count++, job);
    schedule(world, frame->replica);
}

/* Virtual time is a double: what is within a thousandth of a nanosecond of its end is done. */
#define DONE_WITHIN 1e-3

void cpu_event(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    cpu->event = 0;
    while (cpu->count > 0 &&
           cpu->jobs[0].finish <= cpu->virtual_time + DONE_WITHIN + cpu->virtual_time * 1e-15) {
        Ref done = cpu->jobs[0].frame;
        remove_job(cpu, 0);
        Frame *frame = frame_at(world, done.handle);
        frame->in_cpu = false;
        frame_resume(world, frame, WAKE_COMPUTED);
    }
    schedule(world, replica);
}

/* --- first come, first served */

static void core_take(World *world, Frame *frame)
{
    Cpu *cpu = cpu_of(world, frame->replica);
    double slowdown = world->replicas[frame->replica].slowdown;
    cpu->busy++;
    frame->in_cpu = false;
    frame->has_core = true;
    frame->until =
        world_now(world) +
        (slowdown > 1 ? sim_time_from_ns((double)frame->until * slowdown) : frame->until);
    frame->event =
        engine_schedule(&world->engine, frame->until, EVENT_COMPLETION, EVENT_FRAME, frame->self);
}

static void core_give_to_next(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    while (cpu->waiting.count > 0 && cpu->busy < cpu->cores) {
        Ref next = ref_queue_pop(&cpu->waiting);
        Frame *frame = frame_at(world, next.handle);
        if (frame->serial == next.serial && frame->in_cpu)
            core_take(world, frame);
    }
}

void cpu_freed(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    SIM_CHECK(cpu->busy > 0);
    cpu->busy--;
    core_give_to_next(world, replica);
}

/* --- both */

void cpu_add(World *world, Frame *frame, SimTime work)
{
    Cpu *cpu = cpu_of(world, frame->replica);
    advance(world, frame->replica);
    frame->in_cpu = true;
    frame->event = 0;
    if (cpu->scheduling == CPU_PROCESSOR_SHARING) {
        share_add(world, frame, work);
        return;
    }
    frame->until = work; /* until it gets a core */
    ref_queue_push(&cpu->waiting, frame->self, frame->serial);
    core_give_to_next(world, frame->replica);
}

/* A job that ends before its time: it is looked for, since that is rare. */
void cpu_remove(World *world, Frame *frame)
{
    uint32_t replica = frame->replica;
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    frame->in_cpu = false;
    if (cpu->scheduling == CPU_FIFO)
        return; /* its place in the line is stale from now on */
    for (uint32_t i = 0; i < cpu->count; i++) {
        if (cpu->jobs[i].frame.handle != frame->self)
            continue;
        remove_job(cpu, i);
        cpu->event = 0;
        schedule(world, replica);
        return;
    }
}

void cpu_clear(World *world, uint32_t replica)
{
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    cpu->count = 0;
    cpu->busy = 0;
    cpu->event = 0;
    cpu->virtual_time = 0;
    cpu->waiting.count = 0;
}

void cpu_set_speed(World *world, uint32_t replica, double speed)
{
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    cpu->speed = speed;
    cpu->event = 0;
    if (cpu->scheduling == CPU_PROCESSOR_SHARING)
        schedule(world, replica);
}

/* The work left of an operation's jobs becomes `factor` times as much. */
void cpu_scale_work(World *world, uint32_t replica, uint32_t operation, double factor)
{
    Cpu *cpu = cpu_of(world, replica);
    advance(world, replica);
    uint32_t count = cpu->count;
    cpu->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        CpuJob job = cpu->jobs[i];
        if (frame_at(world, job.frame.handle)->operation == operation)
            job.finish = cpu->virtual_time + (job.finish - cpu->virtual_time) * factor;
        sift_up(cpu, cpu->count++, job);
    }
    cpu->event = 0;
    schedule(world, replica);
}
