/* SPDX-License-Identifier: MIT */
/*
 * Declarations enough to check the syntax of an exported module without a kernel's sources. Nothing
 * here does anything, and nothing here is a kernel's text.
 */
#ifndef STUB_MODULE_H
#define STUB_MODULE_H

#include <stddef.h>

typedef unsigned char u8;
typedef unsigned int gfp_t;
typedef _Bool bool;
#define false 0
#define __init
#define __exit
#define __maybe_unused __attribute__((unused))
#define __aligned(n) __attribute__((aligned(n)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define ENOMEM 12
#define module_init(function) int stub_init(void) { return function(); }
#define module_exit(function) void stub_exit(void) { function(); }
#define MODULE_DESCRIPTION(text) extern const char stub_description[sizeof(text)]
#define MODULE_LICENSE(text) extern const char stub_license[sizeof(text)]

#define KERN_INFO "6"
#define pr_info(...) stub_print(__VA_ARGS__)
#define pr_warn(...) stub_print(__VA_ARGS__)
int stub_print(const char *format, ...);
enum { DUMP_PREFIX_OFFSET };
void print_hex_dump(const char *level, const char *prefix, int type, int row, int group,
		    const void *bytes, size_t count, bool ascii);

#define GFP_KERNEL 1u
#define __GFP_ZERO 2u
#define SLAB_CONSISTENCY_CHECKS (1u << 0)
#define SLAB_RED_ZONE (1u << 1)
#define SLAB_POISON (1u << 2)
#define SLAB_STORE_USER (1u << 3)
#define SLAB_TRACE (1u << 4)
#define SLAB_HWCACHE_ALIGN (1u << 5)
#define SLAB_TYPESAFE_BY_RCU (1u << 6)
#define SLAB_RECLAIM_ACCOUNT (1u << 7)
#define SLAB_ACCOUNT (1u << 8)
#define SLAB_CACHE_DMA32 (1u << 9)
#define SLAB_NOLEAKTRACE (1u << 10)
struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*construct)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
int kmem_cache_shrink(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cache, void *object);
int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t flags, size_t count, void **objects);
void kmem_cache_free_bulk(struct kmem_cache *cache, size_t count, void **objects);
void *kmalloc(size_t size, gfp_t flags);
void *krealloc(const void *object, size_t size, gfp_t flags);
void kfree(const void *object);
struct rcu_head;
void kvfree_call_rcu(struct rcu_head *head, void *object);
void rcu_barrier(void);
void kvfree_rcu_barrier(void);
int remove_cpu(unsigned int cpu);
int add_cpu(unsigned int cpu);
size_t ksize(const void *object);
void *vzalloc(unsigned long size);
void vfree(const void *address);
void *memcpy(void *target, const void *source, size_t count);
void *memset(void *target, int byte, size_t count);

struct list_head { struct list_head *next, *prev; };
void INIT_LIST_HEAD(struct list_head *list);
void list_add(struct list_head *entry, struct list_head *head);
void list_add_tail(struct list_head *entry, struct list_head *head);
void list_del(struct list_head *entry);

struct cpumask;
extern void *current;
const struct cpumask *cpumask_of(int cpu);
int set_cpus_allowed_ptr(void *task, const struct cpumask *cpus);

#endif
