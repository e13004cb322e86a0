// A script that says every operation of the language, in every form that it has.
export const EVERY_OP = `# boot: smp slub_debug=FZ,kmalloc-64 slab_nomerge
# profile: v7.3
# cpus: 2
# phys: 0x36000 4096
# seed: 0xfeed
# config: +SLAB_FREELIST_RANDOM
# every operation, once at least
#
#  indented
info
scrub
nextpfn 363fe
region list 0xffffc90003fed000 4096
cache a 312 0 HM
cache b 64 16 FZPU ctor
cache d 64 0 NO sheaf=32 fpoff=8
cache e 64 0 R ctor fpoff=16
geometry a
geomtsv 96 8 FZ 1
setoffset a 8
alloc a a0
alloc a a1 z
allocn b 12 p
bulkalloc b 3 q
free a a0
free a a1+8
freeoff b p0 -16
freen b 14 p
bulkfree b q0 q1+8 nowhere glob-8 0xffff888036000000
bulkfreen b 4 q
kmalloc 100 k0
kmalloc 0 k1 z
krealloc k0 200 k2
ksize k2
kgeometry k2
kvalidate k2-8
kfree k2
write a0 -8 4b43414a0c010000
fill a0+312 0 8 cc
read a0 0 64
xor a0 fp ff
xor a0 16 00ff
wptr a0 312 list+200
rptr 0xffffffff81000000 8
wfp a a0 null
rfp a a0
slot a2 a1+320
slot nil null+16
cmp a2 vglob+200
sym a2
listinit list+200
listadd a0+312 list+200
listaddtail glob+64 list+200
listdel a0+312
listwalk list+200
cpu 1
failnth 3
ctorcalls
state a
list a
validate b
shrink b
sheafget a 4 sheaf
sheafalloc a sheaf s0
sheafalloc a sheaf s1 z
sheafrefill a sheaf 8
sheafput a sheaf
freercu s0
freercunl s1+8
rcubarrier
kvfreebarrier
kmallocnl 64 n0
kmallocnl 64 n1 z
kfreenl n0
kstate n1
cpudown 1
cpuup 1
kfree null
destroy b
`;
