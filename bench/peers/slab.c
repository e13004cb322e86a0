// A small slab allocator in C with the checks of slub_debug=FZPU, as libFuzzer drives it: what a
// fuzzer of C does with the operations of the target workload (bench/peers.ts). It judges nothing
// but its own checks, and ASan's: a store that does not belong there is seen if it crashes.
//
//   cell   left red zone 16 | object 320 | red zone 8 | free pointer 8 | two tracks of 16 | padding
//   input  four bytes an operation: kind, which object, offset, value
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 320, LEFT = 16, RED = 8, CELL = 416, OBJECTS = 19, HELD_MAX = 600 };
enum { FREE_AT = SIZE + RED, TRACKS_AT = FREE_AT + 8, PAD_AT = TRACKS_AT + 32 };
enum { RED_INACTIVE = 0xbb, RED_ACTIVE = 0xcc };
enum { POISON_INUSE = 0x5a, POISON_FREE = 0x6b, POISON_END = 0xa5 };

typedef struct slab {
  struct slab *next, *prev;
  uint8_t *freelist;
  int inuse;
  uint8_t cells[OBJECTS * CELL];
} slab;
typedef struct { uint64_t where; uint32_t op, cpu; } track;

// Slabs with free objects, and those without; a list begins and ends with its head.
static slab partial, full;
static uint32_t now;
static uint64_t operations;
static uint8_t *held[HELD_MAX];
static slab *slab_of[HELD_MAX];
static int live;

static void bug(const char *what) { fprintf(stderr, "BUG: %s\n", what); abort(); }
static void check(int holds, const char *what) { if (!holds) bug(what); }

static void unlink_slab(slab *s) { s->prev->next = s->next; s->next->prev = s->prev; }
static void link_slab(slab *head, slab *s) {
  s->next = head->next; s->prev = head; head->next->prev = s; head->next = s;
}

static int all(const uint8_t *at, uint8_t byte, int count) {
  uint8_t differs = 0;
  for (int i = 0; i < count; i++) differs |= at[i] ^ byte;
  return !differs;
}

static uint8_t *next_free(uint8_t *object) {
  uint8_t *to;
  memcpy(&to, object + FREE_AT, 8);
  return to;
}
static void set_next(uint8_t *object, uint8_t *to) { memcpy(object + FREE_AT, &to, 8); }
static uint8_t *object_at(slab *s, int i) { return s->cells + i * CELL + LEFT; }

static void paint(uint8_t *object, uint8_t red, int is_free) {
  memset(object - LEFT, red, LEFT);
  memset(object + SIZE, red, RED);
  if (!is_free) return;
  memset(object, POISON_FREE, SIZE - 1);
  object[SIZE - 1] = POISON_END;
}

static void check_object(uint8_t *object, uint8_t red) {
  check(all(object - LEFT, red, LEFT), "left red zone overwritten");
  check(all(object + SIZE, red, RED), "right red zone overwritten");
  check(all(object + PAD_AT, POISON_INUSE, CELL - LEFT - PAD_AT), "object padding overwritten");
  if (red == RED_ACTIVE) return;
  check(all(object, POISON_FREE, SIZE - 1) && object[SIZE - 1] == POISON_END, "poison overwritten");
}

// The chain of free objects stays in its slab, and is as long as the counter says.
static void check_slab(slab *s) {
  int count = 0;
  for (uint8_t *at = s->freelist; at != NULL; at = next_free(at), count++) {
    check(at >= s->cells && at < s->cells + sizeof s->cells, "free pointer corrupt");
    check((at - s->cells - LEFT) % CELL == 0 && count < OBJECTS, "free list corrupt");
  }
  check(count + s->inuse == OBJECTS, "wrong object count");
}

static int on_freelist(slab *s, uint8_t *object) {
  for (uint8_t *at = s->freelist; at != NULL; at = next_free(at)) if (at == object) return 1;
  return 0;
}

static void note(uint8_t *object, int is_free) {
  track t = {(uintptr_t)__builtin_return_address(0), now, 0};
  memcpy(object + TRACKS_AT + (is_free ? 16 : 0), &t, sizeof t);
}

static slab *new_slab(void) {
  slab *s = malloc(sizeof *s);
  memset(s->cells, POISON_INUSE, sizeof s->cells);
  s->inuse = 0;
  s->freelist = NULL;
  for (int i = OBJECTS - 1; i >= 0; i--) {
    paint(object_at(s, i), RED_INACTIVE, 1);
    set_next(object_at(s, i), s->freelist);
    s->freelist = object_at(s, i);
  }
  link_slab(&partial, s);
  return s;
}

static uint8_t *slab_alloc(slab **from) {
  slab *s = partial.next != &partial ? partial.next : new_slab();
  check_slab(s);
  uint8_t *object = s->freelist;
  check_object(object, RED_INACTIVE);
  s->freelist = next_free(object);
  s->inuse++;
  if (s->freelist == NULL) { unlink_slab(s); link_slab(&full, s); }
  paint(object, RED_ACTIVE, 0);
  note(object, 0);
  *from = s;
  return object;
}

static void slab_free(slab *s, uint8_t *object) {
  check_slab(s);
  check(object >= s->cells && (object - s->cells - LEFT) % CELL == 0, "invalid object pointer");
  check(!on_freelist(s, object), "object already free");
  check_object(object, RED_ACTIVE);
  if (s->freelist == NULL) { unlink_slab(s); link_slab(&partial, s); }
  paint(object, RED_INACTIVE, 1);
  note(object, 1);
  set_next(object, s->freelist);
  s->freelist = object;
  s->inuse--;
}

static void validate_list(slab *head) {
  for (slab *s = head->next; s != head; s = s->next) {
    uint8_t is_free[OBJECTS] = {0};
    check_slab(s);
    for (uint8_t *at = s->freelist; at; at = next_free(at)) is_free[(at - s->cells) / CELL] = 1;
    for (int i = 0; i < OBJECTS; i++)
      check_object(object_at(s, i), is_free[i] ? RED_INACTIVE : RED_ACTIVE);
  }
}

static void validate(void) {
  validate_list(&partial);
  validate_list(&full);
}

static void shrink(void) {
  for (slab *s = partial.next, *next; s != &partial; s = next) {
    next = s->next;
    if (s->inuse == 0) { unlink_slab(s); free(s); }
  }
}

static void take(void) {
  if (live == HELD_MAX) return;
  held[live] = slab_alloc(&slab_of[live]);
  live++;
}

static void give_back(int i) {
  slab_free(slab_of[i], held[i]);
  held[i] = held[--live];
  slab_of[i] = slab_of[live];
}

// The mix of the target workload, in parts of 256 (bench/peers.ts says how it is known).
static void play(const uint8_t *op) {
  static volatile uint8_t seen;
  int kind = op[0], i = live > 0 ? op[1] % live : 0, offset = op[2];
  if (kind < MIX_ALLOC) take();
  else if (kind >= MIX_VALIDATE) shrink();
  else if (kind >= MIX_READ) validate();
  else if (live == 0) return;
  else if (kind < MIX_FREE) give_back(i);
  else if (kind < MIX_FILL) memset(held[i], op[3], SIZE);
  else if (kind < MIX_WRITE) memset(held[i] + offset, op[3], 1 + op[3] % 24);
  else for (int k = 0; k < 1 + op[3] % 16; k++) seen = held[i][offset + k];
}

static void report(void) {
  double seconds = (double)clock() / CLOCKS_PER_SEC;
  fprintf(stderr, "operations %llu seconds %.3f\n", (unsigned long long)operations, seconds);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  partial.next = partial.prev = &partial;
  full.next = full.prev = &full;
  atexit(report);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint64_t before = operations;
  for (size_t at = 0; at + 4 <= size; at += 4, operations++) {
    now++;
    play(data + at);
  }
  validate();
  for (; live > 0; operations++) give_back(live - 1);
  shrink();
  check(partial.next == &partial && full.next == &full, "objects remain");
  operations += operations > before;
  return 0;
}
