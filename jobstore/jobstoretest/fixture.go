package jobstoretest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// fullJob returns a valid record in which every field, found by reflection, has
// a value of its own, so that a field added to jobstore.Job is tested at once.
// Times are in a zone other than UTC. Two calls return equal records that share
// nothing.
func (e *env) fullJob(id string) jobstore.Job {
	e.Helper()

	var (
		job    jobstore.Job
		filler = filler{zone: time.FixedZone("IST", 5*3600+1800)}
	)

	require.NoError(e, filler.fill(reflect.ValueOf(&job).Elem(), "Job"))

	job.ID = id
	job.Type = jobstore.TypeStoreInventoryUpload
	job.Status = jobstore.StatusProcessing
	// In the future, and in whole seconds: a store may round this one time up.
	job.ExpiresAt = e.clock.Now().AddDate(1, 0, 0).Truncate(time.Second).In(filler.zone)

	return job
}

// filler gives values, all different, to the parts of a record.
type filler struct {
	n    int64
	zone *time.Location
}

func (f *filler) fill(v reflect.Value, path string) error {
	f.n++

	switch v.Interface().(type) {
	case time.Time:
		at := time.Date(2024, time.March, 1, 12, 0, int(f.n), 987654321, f.zone)
		v.Set(reflect.ValueOf(at))

		return nil
	case json.RawMessage:
		v.SetBytes(fmt.Appendf(nil, `{"delimiter":";","n":%d}`, f.n))

		return nil
	}

	switch v.Kind() {
	case reflect.String:
		v.SetString(path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.n)
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))

		return f.fill(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := f.fill(v.Field(i), path+"."+v.Type().Field(i).Name); err != nil {
				return err
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))

		for i := range v.Len() {
			if err := f.fill(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))

		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if err := f.fill(key, fmt.Sprintf("%s.key%d", path, f.n)); err != nil {
				return err
			}

			if err := f.fill(value, path); err != nil {
				return err
			}

			v.SetMapIndex(key, value)
		}
	default:
		return fmt.Errorf("jobstoretest: no way to fill %s, a %s; extend filler", path, v.Type())
	}

	return nil
}

// scribble overwrites everything that other copies of the record could share:
// elements of slices, entries of maps, targets of pointers.
func scribble(j *jobstore.Job) { scribbleValue(reflect.ValueOf(j).Elem()) }

func scribbleValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}

		for i := range v.NumField() {
			scribbleValue(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			scribbleValue(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		v.Clear()
	case reflect.Pointer:
		if !v.IsNil() {
			v.Elem().SetZero()
		}
	}
}

// requireJob requires that a record handed out is the one expected, whose times
// may be in any zone, and that it is in normal form.
func (e *env) requireJob(want, got jobstore.Job) {
	e.Helper()

	want, got = want.Clone(), got.Clone()
	canonical(e, reflect.ValueOf(&want).Elem(), true)
	canonical(e, reflect.ValueOf(&got).Elem(), false)
	require.Equal(e, want, got)
}

// canonical makes alike what means the same to the contract: nil and empty
// slices and maps, JSON with other white space and, where utc says so, times in
// other zones.
func canonical(t require.TestingT, v reflect.Value, utc bool) {
	switch x := v.Interface().(type) {
	case time.Time:
		if utc {
			v.Set(reflect.ValueOf(x.UTC()))
		}

		return
	case json.RawMessage:
		if len(x) == 0 {
			v.SetZero()

			return
		}

		var compact bytes.Buffer

		require.NoError(t, json.Compact(&compact, x))
		v.SetBytes(compact.Bytes())

		return
	}

	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			canonical(t, v.Field(i), utc)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			canonical(t, v.Elem(), utc)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.SetZero()
		}

		for i := range v.Len() {
			canonical(t, v.Index(i), utc)
		}
	case reflect.Map:
		if v.Len() == 0 {
			v.SetZero()
		}
	}
}
