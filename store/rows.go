package store

import (
	"context"
	"slices"
	"strings"
)

// rowsAtOnce is how many rows one statement writes at most. Engines take more,
// but a text for each number of rows is kept prepared.
const rowsAtOnce = 200

// insertRows writes a row for each item with few statements: head and tail
// surround the placeholders, row, of each, and args are its values.
func insertRows[T any](ctx context.Context, q q, head, row, tail string, items []T, args func(T) []any) error {
	for chunk := range slices.Chunk(items, rowsAtOnce) {
		var values []any
		for _, item := range chunk {
			values = append(values, args(item)...)
		}
		if _, err := q.exec(ctx, head+repeat(row, len(chunk))+tail, values...); err != nil {
			return err
		}
	}
	return nil
}

// among reads the rows of a list of names, each name once, with few statements:
// query gets their placeholders, which stand behind those of args.
func among[R, T any](ctx context.Context, q q, convert func(R) T, names []string, query func(in string) string, args ...any) ([]T, error) {
	list := []T{}
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(names))), rowsAtOnce) {
		values := slices.Clone(args)
		for _, name := range chunk {
			values = append(values, name)
		}
		rows, err := all(ctx, q, convert, query(repeat("?", len(chunk))), values...)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// repeat returns n rows of placeholders.
func repeat(row string, n int) string {
	return strings.Repeat(row+", ", n-1) + row
}
