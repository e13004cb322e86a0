// The number types that assembly/abi is written with, as TypeScript sees them.
declare type u8 = number;
declare type u16 = number;
declare type u32 = number;
declare type i8 = number;
declare type i16 = number;
declare type i32 = number;
